package dev.capstan.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts the process of proofs, for one request. It runs with a small memory of its own, so that whatever a peer sends is
 * not the business of the process that asks; and it reads the trust store afresh.
 *
 * <p>Every endpoint of the request gets a result, in the order of the request: what the process did not answer in time, or at
 * all, is inconclusive.
 */
public final class ProofProcess {

    /** What a process may write at most; a result is a few KiB. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    /** In what a killed process is gone and its output read, unless the kernel holds it. */
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);

    /** What is quoted of words that are no result. */
    private static final int QUOTED = 1000;

    private ProofProcess() {}

    /**
     * Proves what is asked, and returns within the limit.
     *
     * @param limit for all endpoints together; the process is killed when it is over
     * @throws InterruptedException if this thread is interrupted; the process is killed then
     */
    public static List<ProofResult> run(ProofRequest request, Duration limit) throws InterruptedException {
        return run(command(), request, limit);
    }

    static List<ProofResult> run(List<String> command, ProofRequest request, Duration limit)
            throws InterruptedException {
        Instant began = Instant.now();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Nothing of this process's own environment shall decide what the other trusts or which way it takes.
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return complete(request, Map.of(), "the process of proofs could not be started: " + e.getMessage(), began);
        }
        try {
            Output output = new Output(process.getInputStream());
            Thread reader = Thread.ofPlatform().daemon().name("proof-output").start(output);
            write(process, request);
            String silence = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    ? "the process of proofs ended without a result"
                    : "there was no result within " + limit.toSeconds() + " s";
            // Not Process.destroy, which closes the pipe, and with it goes what was written and is not read yet.
            process.toHandle().destroyForcibly();
            reader.join(ENDS_WITHIN.toMillis());
            // Killed is not gone: who returns here may count on there being one such process fewer.
            process.waitFor(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return complete(request, output.results(), silence + output.words(), began);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The launcher where there is one, which knows options and start-up cache; else this process's own Java and classes. */
    private static List<String> command() {
        String distribution = System.getProperty("capstan.distribution");
        if (distribution != null) {
            return List.of(Path.of(distribution, "bin/capstan").toString(), "proof");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(options());
        command.add("-Xlog:disable");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Proof.class.getName()));
        return command;
    }

    /** The options that the launcher takes too, one a line. */
    private static List<String> options() {
        try (InputStream file = ProofProcess.class.getResourceAsStream("jvm.options")) {
            return file == null
                    ? List.of()
                    : new String(file.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> line.startsWith("-"))
                            .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the options of the process of proofs cannot be read", unreadable);
        }
    }

    private static void write(Process process, ProofRequest request) {
        try (var out = process.getOutputStream()) {
            out.write(ProofText.of(request).getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // What it said before it ended is read all the same, and there is no result.
        }
    }

    private static List<ProofResult> complete(
            ProofRequest request, Map<String, ProofResult> results, String silence, Instant began) {
        return request.endpoints().stream()
                .map(endpoint -> results.getOrDefault(
                        endpoint.text(),
                        new ProofResult(
                                endpoint,
                                Reason.TIMED_OUT.outcome(),
                                Reason.TIMED_OUT.word(),
                                silence,
                                List.of(),
                                null,
                                Duration.between(began, Instant.now()),
                                began)))
                .toList();
    }

    /** What the process writes: results, and words about why there are none. */
    private static final class Output implements Runnable {

        private final InputStream in;
        private final Map<String, ProofResult> results = new HashMap<>();
        private final StringBuilder words = new StringBuilder();

        Output(InputStream in) {
            this.in = in;
        }

        synchronized Map<String, ProofResult> results() {
            return Map.copyOf(results);
        }

        synchronized String words() {
            return words.isEmpty() ? "" : ": " + words.toString().strip();
        }

        @Override
        public void run() {
            StringBuilder line = new StringBuilder();
            try (var text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
                for (int count = 0; count < MOST_BYTES; count++) {
                    int character = text.read();
                    if (character < 0) {
                        return;
                    }
                    if (character == '\n') {
                        take(line.toString());
                        line.setLength(0);
                    } else {
                        line.append((char) character);
                    }
                }
            } catch (IOException killed) {
                // What came before counts.
            }
        }

        private synchronized void take(String line) {
            try {
                if (line.startsWith("{")) {
                    ProofResult result = ProofText.result(line);
                    results.put(result.endpoint().text(), result);
                    return;
                }
            } catch (IOException notOne) {
                // Kept as words below.
            }
            if (words.length() < QUOTED) {
                words.append(line, 0, Math.min(line.length(), QUOTED)).append(' ');
            }
        }
    }
}
