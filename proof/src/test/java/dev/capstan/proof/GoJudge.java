package dev.capstan.proof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program in Go, as container runtimes are, that says what it makes of a server; compiled once for all tests. */
final class GoJudge {

    private static final Path PROGRAM = compile();

    private GoJudge() {}

    /** {@code ok}, or Go's error. */
    static String verdict(int port, String name, Path roots) throws Exception {
        return run(List.of(PROGRAM.toString(), "127.0.0.1:" + port, name, roots.toString()), Map.of());
    }

    private static Path compile() {
        var go = Chains.program("go");
        try {
            var folder = Files.createTempDirectory("capstan-judge");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Chains.remove(folder)));
            try (var text = GoJudge.class.getResourceAsStream("judge.go.txt")) {
                Files.copy(text, folder.resolve("judge.go"));
            }
            var program = folder.resolve("judge");
            var said = run(
                    List.of(
                            go.toString(),
                            "build",
                            "-o",
                            program.toString(),
                            folder.resolve("judge.go").toString()),
                    Map.of("GO111MODULE", "off", "GOFLAGS", "", "CGO_ENABLED", "0"));
            if (!Files.isExecutable(program)) {
                throw new IllegalStateException("the judge does not compile: " + said);
            }
            return program;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("SSL_CERT_FILE");
        builder.environment().putAll(environment);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return said;
    }
}
