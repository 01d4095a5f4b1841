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

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern STATUS = Pattern.compile("grpc-status: *(\\d+)\n");
    private static final Pattern MESSAGE = Pattern.compile("grpc-message: *(.*)\n");

    private final Node node;
    private final Path log;
    private final Process process;
    private final ProcessHandle daemon;

    private final int logBegin;

    private Containerd(Node node, Path log, int logBegin, Process process, ProcessHandle daemon) {
        this.node = node;
        this.log = log;
        this.logBegin = logBegin;
        this.process = process;
        this.daemon = daemon;
    }

    static Containerd start(Node node, Path log, List<String> command) {
        try {
            int logBegin = Files.exists(log) ? Files.readString(log).length() : 0;
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Await.until(
                    "nsenter has started containerd",
                    () -> process.children().findFirst().isPresent() || !process.isAlive());
            Containerd started = new Containerd(
                    node, log, logBegin, process, process.children().findFirst().orElseThrow());
            long begin = System.nanoTime();
            for (Answer answer = started.list(); answer.status() != 0; answer = started.list()) {
                boolean none = answer.words().contains("unknown service");
                if (none || !process.isAlive() || System.nanoTime() - begin > LIMIT.toNanos()) {
                    started.stop();
                    throw new AssertionError((none ? "containerd serves, but not CRI" : "containerd does not serve CRI")
                            + "; its log:\n" + started.log());
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

    /** What it has written to its log since it was started. */
    String log() {
        try {
            return Files.readString(log).substring(logBegin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer list() {
        return call("runtime.v1.ImageService/ListImages", new byte[0]);
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
        Answer answer =
                call("runtime.v1.ImageService/PullImage", field(1, field(1, image.getBytes(StandardCharsets.UTF_8))));
        return new Pull(answer.status() == 0, answer.words());
    }

    /** Asks for the sandbox of a pod of this name, as a kubelet does before a pod's first container. */
    Answer runPodSandbox(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream metadata = new ByteArrayOutputStream();
        metadata.writeBytes(field(1, text));
        metadata.writeBytes(field(2, text));
        metadata.writeBytes(field(3, "default".getBytes(StandardCharsets.UTF_8)));
        ByteArrayOutputStream pod = new ByteArrayOutputStream();
        pod.writeBytes(field(1, metadata.toByteArray()));
        pod.writeBytes(field(8, field(1, ("/" + name).getBytes(StandardCharsets.UTF_8))));
        return call("runtime.v1.RuntimeService/RunPodSandbox", field(1, pod.toByteArray()));
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
            String printed =
                    new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).replace("\r", "");
            curl.waitFor();
            Matcher status = STATUS.matcher(printed);
            if (!status.find()) {
                return new Answer(-1, printed);
            }
            Matcher words = MESSAGE.matcher(printed);
            return new Answer(
                    Integer.parseInt(status.group(1)),
                    words.find()
                            ? URLDecoder.decode(words.group(1).replace("+", "%2B"), StandardCharsets.UTF_8)
                            : printed);
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
        out.write((number << 3) | 2);
        int length = content.length;
        while (length > 0x7f) {
            out.write((length & 0x7f) | 0x80);
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
        for (String step : plan.split(" ", -1)) {
            (step.equals("+") ? add : remove).run();
            seen.add(step + verdict(registry.image()));
        }
        if (!daemon.isAlive()) {
            throw new AssertionError("containerd died:\n" + log());
        }
        return String.join(" ", seen);
    }

    /** Asks it to end, as systemctl does; what it runs goes on. */
    void stop() {
        daemon.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
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
