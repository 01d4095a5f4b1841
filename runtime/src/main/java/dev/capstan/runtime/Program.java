package dev.capstan.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of a node's root, with an empty environment but for the path, and for a bounded time. */
final class Program {

    private static final int LARGEST = 4 * 1024 * 1024;
    private static final int WORDS = 1000;
    private static final long LOOK_MILLIS = 5;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Program() {}

    /**
     * What a program did.
     *
     * @param code its exit code
     * @param output its standard output, at most 4 MiB of it
     * @param complaint the end of its standard error, for words
     */
    record Ran(int code, String output, String complaint) {}

    /**
     * Runs this command inside the root and waits for it. Only what is there is read, so that a child it leaves behind with
     * its output open delays nobody.
     *
     * @throws IOException if it cannot be started, or runs longer than the limit and so was killed
     */
    static Ran run(Path root, Duration limit, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (!root.toString().equals("/")) {
            whole.addAll(List.of("chroot", root.toString()));
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            long end = System.nanoTime() + limit.toNanos();
            boolean over = false;
            while (!over) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException(String.join(" ", command) + " did not end within " + limit.toSeconds()
                            + " s and was killed");
                }
                over = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                drain(process.getInputStream(), output);
                drain(process.getErrorStream(), errors);
            }
            String complaint = errors.toString(StandardCharsets.UTF_8).strip();
            return new Ran(
                    process.exitValue(),
                    output.toString(StandardCharsets.UTF_8),
                    complaint.substring(Math.max(0, complaint.length() - WORDS)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + String.join(" ", command) + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void drain(InputStream from, ByteArrayOutputStream to) throws IOException {
        for (int there = from.available(); there > 0; there = from.available()) {
            byte[] some = from.readNBytes(there);
            if (to.size() + some.length > LARGEST) {
                throw new IOException("it prints more than " + LARGEST + " bytes");
            }
            to.writeBytes(some);
        }
    }
}
