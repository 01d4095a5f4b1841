package dev.capstan.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second agent away from the same root. The kernel lets go of it when its holder ends, however that ends. */
final class AgentLock {

    private AgentLock() {}

    /** What is done under the lock; answers an exit code. */
    interface Work {
        int run() throws IOException;
    }

    /**
     * Does the work while holding the lock of this folder.
     *
     * @throws IOException if another agent holds it, or the disk refuses
     */
    static int holding(Path folder, Work work) throws IOException {
        Files.createDirectories(folder);
        Path place = folder.resolve("lock");
        try (FileChannel file = FileChannel.open(place, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (taken(file) == null) {
                throw new IOException("another agent runs for this root: it holds " + place);
            }
            return work.run();
        }
    }

    private static @Nullable FileLock taken(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException withinThisProcess) {
            return null;
        }
    }
}
