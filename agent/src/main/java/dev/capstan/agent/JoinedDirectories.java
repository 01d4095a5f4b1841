package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.disk.DurableFile;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.HostDirectory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The host directories to which the agent has added a link of ours, because its NodeTrust asks for it: those that hide the
 * set and where no file that is there has to change. Each is on the disk before it is touched, so that exactly these are
 * left again, and not those that {@code capstan node prepare} or a person joined.
 */
final class JoinedDirectories {

    private final Path file;
    private final Complaints complaints = new Complaints();

    JoinedDirectories(Path folder) {
        this.file = folder.resolve("joined-host-directories");
    }

    /** Adds our link where it is wanted and missing, or removes those that were added. What fails is tried at the next round. */
    void bring(ContainerRuntime runtime, boolean wanted) {
        try {
            Set<String> joined = read();
            if (wanted) {
                join(runtime, joined);
            } else if (!joined.isEmpty()) {
                leave(runtime, joined);
            }
        } catch (IOException | ContainerRuntimeException failed) {
            complaints.say(Level.WARNING, "host directories: " + failed.getMessage());
        }
    }

    private void join(ContainerRuntime runtime, Set<String> joined) throws IOException, ContainerRuntimeException {
        for (HostDirectory directory : runtime.hostDirectories()) {
            if (directory.hides().isPresent() && directory.joinable()) {
                if (joined.add(directory.path())) {
                    write(joined);
                }
                runtime.join(directory);
            }
        }
    }

    private void leave(ContainerRuntime runtime, Set<String> joined) throws IOException, ContainerRuntimeException {
        for (String directory : joined) {
            runtime.leave(directory);
        }
        write(Set.of());
    }

    private Set<String> read() throws IOException {
        try {
            return new TreeSet<>(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return new TreeSet<>();
        }
    }

    private void write(Set<String> joined) throws IOException {
        if (joined.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            DurableFile.replace(file, (String.join("\n", joined) + "\n").getBytes(StandardCharsets.UTF_8), "rw-r--r--");
        }
    }
}
