package dev.capstan.truststore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A running {@link StoreProgram}. */
final class StoreWriter implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final long thread;

    private StoreWriter(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        String ready = line();
        if (!ready.startsWith("ready ")) {
            throw new IOException("the writer did not start: " + ready);
        }
        this.thread = Long.parseLong(ready.substring("ready ".length()));
    }

    static StoreWriter start() throws IOException {
        return new StoreWriter(Programs.clean(new ProcessBuilder(Programs.java(StoreProgram.class)))
                .redirectErrorStream(true)
                .start());
    }

    /** One that is starting while its user still does something else. */
    static CompletableFuture<StoreWriter> starting() {
        return aside(() -> {
            try {
                return start();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    /** On a thread of its own: the common pool is one thread on two processors, and who waits there lets all others wait. */
    static <T> CompletableFuture<T> aside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, command -> Thread.ofPlatform().daemon().start(command));
    }

    /** The kernel's number of the thread that carries out the orders. */
    long thread() {
        return thread;
    }

    /** Gives an order and comes back when the writer stands just before carrying it out. */
    void prepare(String order) throws IOException {
        say(order);
        String answer = line();
        if (!answer.equals("prepared")) {
            throw new IOException("the writer was not prepared: " + answer);
        }
    }

    void go() throws IOException {
        say("go");
    }

    /** What the writer says of the order; empty when it was killed. */
    String answer() {
        return line();
    }

    String carryOut(String order) throws IOException {
        prepare(order);
        go();
        return answer();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** The exit code, once the process is gone. */
    int exit() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the writer does not end");
        }
        return process.exitValue();
    }

    private void say(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    private String line() {
        return aside(() -> {
                    try {
                        String line = output.readLine();
                        return line == null ? "" : line;
                    } catch (IOException gone) {
                        return "";
                    }
                })
                .orTimeout(5, TimeUnit.MINUTES)
                .join();
    }

    @Override
    public void close() {
        kill();
        try {
            exit();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
