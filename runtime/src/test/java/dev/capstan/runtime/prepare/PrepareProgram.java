package dev.capstan.runtime.prepare;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.runtime.SocketCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Prepares the node it runs on, in a process of its own that can be traced and killed. Says {@code ready THREAD}, takes an
 * order a line, {@code look}, {@code apply}, {@code apply with host directories} or {@code undo}, and answers in one, after a line {@code step …} for each
 * that is taken.
 */
public final class PrepareProgram {

    private PrepareProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path roots = Path.of(arguments[0]);
        CertificateSet ours = new CertificateReader(InstantSource.system())
                .readPem(Files.readAllBytes(Path.of(arguments[1])), Place.of(arguments[1]))
                .set();
        System.out.println(
                "ready " + Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            Given given = new Given(roots, ours, order.endsWith("with host directories"));
            System.out.println(carryOut(order, given).replace('\n', '~'));
        }
    }

    private static String carryOut(String order, Given given) {
        NodePreparation node = NodePreparation.at(Path.of("/"), Path.of("/proc"));
        try {
            return switch (order.split(" ", -1)[0]) {
                case "look" -> node.look(given).toString();
                case "apply" -> node.apply(given, cri(), PrepareProgram::say).toString();
                case "undo" -> node.undo(cri(), PrepareProgram::say) ? "undone" : "nothing to undo";
                default -> throw new IllegalArgumentException(order);
            };
        } catch (PreparationException failed) {
            return "failed " + failed.getMessage();
        }
    }

    private static void say(String step) {
        System.out.println("step " + step.replace('\n', '~'));
    }

    /** CRI's Version (cri-api v1), by curl, which speaks HTTP/2: the empty message in gRPC's frame of five bytes. */
    private static SocketCheck cri() {
        return socket -> {
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "printf '\\0\\0\\0\\0\\0' | curl -s --max-time 2 --http2-prior-knowledge --unix-socket "
                                    + socket
                                    + " -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @-"
                                    + " http://localhost/runtime.v1.RuntimeService/Version")
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.contains("containerd")) {
                throw new IOException("CRI does not answer: " + answer);
            }
        };
    }
}
