package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks containerd's own program how it reads its configuration. The program is the running process's, by
 * {@code /proc/PID/exe}: it is the right one also after a package was upgraded under it. An answer takes some tens of
 * milliseconds, so the last one is kept for as long as the process and the files it came from stay the same.
 */
final class Containerd {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("containerd\\S*\\s+\\S+\\s+v?(\\d+)\\.(\\d+)\\.(\\d+)\\S*");

    private final Path root;
    private final Path proc;
    private final NodePrograms programs;
    private @Nullable Answer last;

    /**
     * What was answered.
     *
     * @param process whose program was asked
     * @param files the configuration's files at that time
     * @param stamp the files' stamp at that time
     * @param version what {@code --version} says; empty if that is no version
     * @param configuration what the configuration is; absent if it could not be told
     * @param failure why it could not be told; empty if it could
     */
    record Answer(
            RuntimeProcess process,
            ConfigurationFiles files,
            long stamp,
            String version,
            @Nullable RuntimeConfiguration configuration,
            String failure) {}

    Containerd(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
        this.programs = new NodePrograms(root);
    }

    /**
     * The version in what {@code containerd --version} prints, such as {@code 1.6.20}.
     *
     * @return empty if it says none
     */
    static Optional<String> version(String printed) {
        Matcher matcher = VERSION.matcher(printed);
        return matcher.lookingAt()
                ? Optional.of(matcher.group(1) + "." + matcher.group(2) + "." + matcher.group(3))
                : Optional.empty();
    }

    /** What this process's program says now. */
    synchronized Answer ask(RuntimeProcess process) throws IOException {
        ConfigurationFiles files = ConfigurationFiles.of(root, process.configuration());
        long stamp = files.stamp(root);
        Answer known = last;
        if (known != null && known.process.isSameAs(process) && known.files.equals(files) && known.stamp == stamp) {
            return known;
        }
        String version = "";
        try {
            String program = program(process);
            version = version(programs.run(LIMIT, List.of(program, "--version")).output())
                    .orElse("");
            Answer answer = dump(program, process, files, stamp, version);
            last = answer;
            return answer;
        } catch (IOException failed) {
            String words = "containerd could not be asked for its configuration: " + failed.getMessage();
            return new Answer(process, files, stamp, version, null, words);
        }
    }

    private Answer dump(String program, RuntimeProcess process, ConfigurationFiles files, long stamp, String version)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        // Without a file containerd takes its defaults, unless it is told of one by name; but its config dump fails
        // then (1.6).
        boolean none = !files.files().contains(files.main()) && files.main().equals(RuntimeLayout.CONFIGURATION);
        command.addAll(List.of("--config", none ? "/dev/null" : files.main()));
        command.addAll(List.of("config", "dump"));
        NodePrograms.Ran ran = programs.run(LIMIT, command);
        if (ran.code() != 0) {
            String words = "containerd cannot read its configuration " + files.main() + " (" + lastLine(ran.complaint())
                    + "): mend the file, then run systemctl restart containerd";
            return new Answer(process, files, stamp, version, null, words);
        }
        try {
            return new Answer(process, files, stamp, version, RuntimeConfiguration.parse(ran.output()), "");
        } catch (ContainerRuntimeException odd) {
            return new Answer(process, files, stamp, version, null, String.valueOf(odd.getMessage()));
        }
    }

    /**
     * The program to run. Where several programs are one file that tells them apart by name, as in k3s, the link of that
     * name beside it is run.
     */
    private String program(RuntimeProcess process) throws IOException {
        Path program = Path.of(process.executable());
        String name = program.getFileName() == null ? "" : program.getFileName().toString();
        if (!name.equals("containerd") && !name.equals("containerd (deleted)")) {
            Path beside = program.resolveSibling("containerd");
            if (Files.isExecutable(RootPath.follow(root, beside.toString()))) {
                return beside.toString();
            }
        }
        if (root.toString().equals("/")) {
            return proc.resolve(process.pid() + "/exe").toString();
        }
        String inside = "/proc/" + process.pid() + "/exe";
        return isSame(RuntimeLayout.in(root, inside), process) ? inside : process.executable();
    }

    /** Whether the root's own proc file system shows this process by the same number. */
    private boolean isSame(Path seenInside, RuntimeProcess process) {
        try {
            return Files.isSameFile(seenInside, proc.resolve(process.pid() + "/exe"));
        } catch (IOException another) {
            return false;
        }
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
