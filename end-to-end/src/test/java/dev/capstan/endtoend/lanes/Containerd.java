package dev.capstan.endtoend.lanes;

import dev.capstan.endtoend.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One running containerd, asked through its CRI socket as a kubelet asks it. The calls are gRPC frames sent by curl. */
final class Containerd {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern STATUS = Pattern.compile("grpc-status: *(\\d+)\n");
    private static final Pattern MESSAGE = Pattern.compile("grpc-message: *(.*)\n");

    private final Node node;
    private final Path log;
    private final Process process;
    private final ProcessHandle daemon;

    private Containerd(Node node, Path log, Process process, ProcessHandle daemon) {
        this.node = node;
        this.log = log;
        this.process = process;
        this.daemon = daemon;
    }

    static Containerd start(Node node, Path log, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Await.until("nsenter has started containerd", () -> process.children().findFirst().isPresent() || !process.isAlive());
            Containerd started = new Containerd(node, log, process, process.children().findFirst().orElseThrow());
            long begin = System.nanoTime();
            while (!started.answers()) {
                if (!process.isAlive() || System.nanoTime() - begin > LIMIT.toNanos()) {
                    started.stop();
                    throw new AssertionError("containerd does not serve CRI; its log:\n" + started.log());
                }
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return daemon.pid();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the image service answers: it lists its images. */
    boolean answers() {
        return Files.exists(node.path("/run/containerd/containerd.sock"))
                && call("runtime.v1.ImageService/ListImages", new byte[0]).status() == 0;
    }

    /** How a pull ended: OK, or with which words. */
    record Pull(boolean ok, String words) {

        /** One word for the tables: OK, FAIL (not trusted), UNREADABLE, UNLOADABLE; anything else in its own words. */
        String verdict() {
            if (ok) {
                return "OK";
            }
            if (words.contains("certificate signed by unknown authority")) {
                return words.contains("proxyconnect") ? "PROXY" : "FAIL";
            }
            return words.contains("unable to read CA cert")
                    ? "UNREADABLE"
                    : words.contains("unable to load CA cert") ? "UNLOADABLE" : words;
        }
    }

    Pull pull(String image) {
        Answer answer = call("runtime.v1.ImageService/PullImage", field(1, field(1, image.getBytes(StandardCharsets.UTF_8))));
        return new Pull(answer.status() == 0, answer.words());
    }

    String verdict(String image) {
        return pull(image).verdict();
    }

    /** What a call answered: gRPC's status, and its words or the whole answer. */
    record Answer(int status, String words) {}

    Answer call(String method, byte[] message) {
        try {
            Process curl = new ProcessBuilder(
                            "curl",
                            "-sS",
                            "-m",
                            "60",
                            "-D",
                            "-",
                            "-o",
                            "-",
                            "--http2-prior-knowledge",
                            "--unix-socket",
                            node.path("/run/containerd/containerd.sock").toString(),
                            "-H",
                            "content-type: application/grpc",
                            "-H",
                            "te: trailers",
                            "--data-binary",
                            "@-",
                            "http://localhost/" + method)
                    .redirectErrorStream(true)
                    .start();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(0);
            for (int shift = 24; shift >= 0; shift -= 8) {
                frame.write(message.length >> shift);
            }
            frame.writeBytes(message);
            try (var in = curl.getOutputStream()) {
                in.write(frame.toByteArray());
            }
            String printed = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).replace("\r", "");
            curl.waitFor();
            Matcher status = STATUS.matcher(printed);
            if (!status.find()) {
                return new Answer(-1, printed);
            }
            Matcher words = MESSAGE.matcher(printed);
            return new Answer(
                    Integer.parseInt(status.group(1)),
                    words.find() ? URLDecoder.decode(words.group(1).replace("+", "%2B"), StandardCharsets.UTF_8) : printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A length-delimited field of a protobuf message (protobuf.dev/programming-guides/encoding). */
    static byte[] field(int number, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number << 3 | 2);
        int length = content.length;
        while (length > 0x7f) {
            out.write(length & 0x7f | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /**
     * Goes through a plan such as "- + -" with one pull after each step, and says what each ended with: "-FAIL +OK -FAIL".
     * The process must be the same at the end.
     */
    String steps(String plan, Runnable add, Runnable remove, TlsRegistry registry) {
        List<String> seen = new ArrayList<>();
        for (String step : plan.split(" ")) {
            (step.equals("+") ? add : remove).run();
            seen.add(step + verdict(registry.image()));
        }
        if (!daemon.isAlive()) {
            throw new AssertionError("containerd died:\n" + log());
        }
        return String.join(" ", seen);
    }

    /** The environment of a process of the node that was started with a program of this name, as NAME=value lines. */
    String environment() {
        try {
            return Files.readString(Path.of("/proc/" + pid() + "/environ")).replace('\0', '\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as systemctl does; what it runs goes on. */
    void stop() {
        daemon.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    boolean isAlive() {
        return daemon.isAlive();
    }
}
