package dev.capstan.cli.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.Capstan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code capstan certificates lint} in a process of its own, whose memory is the question. */
public final class LintProcess {

    private LintProcess() {}

    /**
     * What it prints, once it has ended.
     *
     * @param folder of the test's own, for its output and as its home
     * @param options of the JVM, its heap's size among them
     */
    public static String run(Path folder, List<String> options, List<String> files) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Capstan.class.getName(),
                "certificates",
                "lint"));
        command.addAll(files);
        var output = folder.resolve("output");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(Map.of("CAPSTAN_HOME", folder.toString(), "HOME", folder.toString()));
        var process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
