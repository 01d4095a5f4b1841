package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.RuntimeConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The containerd that a preparation is about, as far as a later run must know it when it does not run.
 *
 * @param program its program, as a path of the node
 * @param option the configuration file it is started with; empty where it takes its own default
 * @param configuration that file, given or not
 * @param template the template that k3s or RKE2 makes it of at each start; empty where it is a file of its own
 * @param socket where it serves CRI
 * @param state the folder of its running tasks
 */
record Subject(
        String program,
        Optional<String> option,
        String configuration,
        Optional<String> template,
        String socket,
        String state) {

    private static final Duration DUMP = Duration.ofSeconds(30);

    /** The file that a person or we would edit. */
    String edited() {
        return template.orElse(configuration);
    }

    /**
     * What containerd says of its configuration as it lies there now. Where its usual file is not there it starts with its
     * defaults, but its {@code config dump} fails (1.6 and 1.7): it is asked about an empty one.
     *
     * @throws IOException if the program cannot be run
     * @throws ContainerRuntimeException if it refuses the configuration, or says something that is not understood
     */
    RuntimeConfiguration dump(NodePrograms programs, NodeFiles files) throws IOException, ContainerRuntimeException {
        return option.isEmpty() && !files.exists(configuration)
                ? dump(programs, new byte[0])
                : dump(programs, option, new byte[0]);
    }

    /** What it would say if its configuration file had this content. Nothing is written: it reads standard input. */
    RuntimeConfiguration dump(NodePrograms programs, byte[] candidate) throws IOException, ContainerRuntimeException {
        return dump(programs, Optional.of("/dev/stdin"), candidate);
    }

    private RuntimeConfiguration dump(NodePrograms programs, Optional<String> file, byte[] input)
            throws IOException, ContainerRuntimeException {
        List<String> command = new ArrayList<>(List.of(program));
        file.ifPresent(path -> command.addAll(List.of("--config", path)));
        command.addAll(List.of("config", "dump"));
        NodePrograms.Ran dumped = programs.run(DUMP, input, command);
        if (!dumped.succeeded()) {
            throw new ContainerRuntimeException("containerd does not take the configuration: " + dumped.lastWords());
        }
        return RuntimeConfiguration.parse(dumped.output());
    }

    /** What it says of its version, such as {@code 1.6.20~ds1}. */
    String version(NodePrograms programs) throws IOException {
        String[] words = programs.run(DUMP, List.of(program, "--version"))
                .output()
                .strip()
                .split("\\s+", -1);
        return words.length > 2 ? words[2] : "of unknown version";
    }

    static String text(FileImage image) {
        return new String(image.content(), StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
