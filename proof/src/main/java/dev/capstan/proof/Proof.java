package dev.capstan.proof;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process of proofs: one request on standard input ({@link ProofText}), one result a line on standard output as each is
 * there, and then it ends. Exit code 0 whenever it could answer, 2 if the request is none.
 *
 * <p>A few endpoints are proven at a time: a node shall not be busy with twenty handshakes at once, nor wait for twenty
 * silent servers in turn.
 */
public final class Proof {

    private static final int AT_ONCE = 4;
    private static final int LARGEST_REQUEST = 256 * 1024;

    private Proof() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // What Go takes of a chain, crypto/tls: maxHandshakeCertificateMsg. Longer than this many is hostile.
        System.setProperty("jdk.tls.maxHandshakeMessageSize", "262144");
        System.setProperty("jdk.tls.client.maxInboundCertificateChainLength", "32");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        ProofRequest request;
        try {
            request = ProofText.request(new String(System.in.readNBytes(LARGEST_REQUEST), StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException wrong) {
            out.println("the request cannot be read: " + wrong.getMessage());
            System.exit(2);
            return;
        }
        answer(request, result -> {
            synchronized (out) {
                out.println(ProofText.of(result));
            }
        });
        // A name that is being looked up keeps no one waiting.
        System.exit(0);
    }

    /** Who is told each result, by any thread. */
    interface Sink {
        void take(ProofResult result);
    }

    static void answer(ProofRequest request, Sink sink) throws InterruptedException {
        Prover prover = Prover.of(request);
        List<Endpoint> endpoints = request.endpoints();
        AtomicInteger next = new AtomicInteger();
        int workers = Math.min(AT_ONCE, endpoints.size());
        CountDownLatch done = new CountDownLatch(workers);
        for (int i = 0; i < workers; i++) {
            Thread.ofPlatform().daemon().name("proof-" + i).start(() -> {
                try {
                    for (int at = next.getAndIncrement(); at < endpoints.size(); at = next.getAndIncrement()) {
                        sink.take(prover.prove(endpoints.get(at)));
                    }
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
    }
}
