package dev.capstan.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The programs of a node, run with its root as theirs, an environment of their own, and for a bounded time.
 *
 * <p>From a container, whose node's root is a folder, {@code chroot} is all that takes: the node's sockets are in that folder,
 * and {@code systemctl} talks to systemd through them. It ignores what it is asked in a chroot that it takes for somebody
 * installing an operating system; {@code SYSTEMD_IGNORE_CHROOT} (systemd's ENVIRONMENT.md) says that this is none.
 */
public final class NodePrograms {

    private static final int LARGEST = 4 * 1024 * 1024;
    private static final int WORDS = 1000;
    private static final long LOOK_MILLIS = 5;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path root;

    public NodePrograms(Path root) {
        this.root = root;
    }

    /**
     * What a program did.
     *
     * @param code its exit code
     * @param output its standard output, at most 4 MiB of it
     * @param complaint the end of its standard error, for words
     */
    public record Ran(int code, String output, String complaint) {

        public boolean succeeded() {
            return code == 0;
        }

        /** What it said last, for words. */
        public String lastWords() {
            String said = (complaint.isEmpty() ? output : complaint).strip();
            return said.isEmpty()
                    ? "it said nothing and ended with code " + code
                    : said.substring(said.lastIndexOf('\n') + 1);
        }
    }

    /**
     * Runs this command and waits for it. Only what is there is read, so that a child it leaves behind with its output open
     * delays nobody.
     *
     * @throws IOException if it cannot be started, says too much, or runs longer than the limit and so was killed
     */
    public Ran run(Duration limit, List<String> command) throws IOException {
        return run(limit, new byte[0], command);
    }

    /** The same, where the program reads this from its standard input. */
    public Ran run(Duration limit, byte[] input, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (!isOwnRoot()) {
            whole.addAll(List.of("chroot", root.toString()));
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        if (!isOwnRoot()) {
            builder.environment().put("SYSTEMD_IGNORE_CHROOT", "1");
        }
        Process process = builder.start();
        try {
            give(input, process.getOutputStream());
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

    private boolean isOwnRoot() {
        return root.toString().equals("/");
    }

    /** More than a pipe holds may have to wait until the program has said something: that takes a thread of its own. */
    private static void give(byte[] input, OutputStream to) throws IOException {
        if (input.length == 0) {
            to.close();
            return;
        }
        Thread.ofVirtual().start(() -> {
            try (to) {
                to.write(input);
            } catch (IOException notRead) {
                // It ended, or does not read; what it said counts.
            }
        });
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
