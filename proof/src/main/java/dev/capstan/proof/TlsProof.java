package dev.capstan.proof;

import dev.capstan.proof.proxy.Proxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The proof of a TLS server, with all that was seen on the way.
 *
 * @param reason why it ended as it did
 * @param message the same in words
 * @param addresses what the name of the server, or of the proxy where one was taken, led to
 * @param proxy the proxy that was taken
 * @param chain what the server sent, or the proxy where it did not come further
 * @param verdict what came of the chain; absent if none was seen
 * @param tokenServer the URL of the token server that the answer to a GET names; empty where it names none
 */
public record TlsProof(
        Reason reason,
        String message,
        List<InetAddress> addresses,
        Optional<Proxy> proxy,
        List<X509Certificate> chain,
        @Nullable Verdict verdict,
        String tokenServer) {

    public TlsProof {
        addresses = List.copyOf(addresses);
        chain = List.copyOf(chain);
    }

    /**
     * Makes it, now, and returns within the limit.
     *
     * @param proxies the environment variables of the runtime that choose its proxy
     */
    public static TlsProof of(TlsEndpoint server, Anchors anchors, Map<String, String> proxies, Duration limit) {
        Optional<Proxy> proxy;
        try {
            proxy = Proxy.forHost(proxies, server.host(), server.port());
        } catch (IllegalArgumentException unusable) {
            return new TlsProof(
                    Reason.PROXY_REFUSED,
                    String.valueOf(unusable.getMessage()),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    null,
                    "");
        }
        try (Attempt attempt = new Attempt(limit)) {
            Connection connection = new Connection(server, proxy, anchors, attempt);
            Handshake handshake = new Handshake(server, anchors, Instant.now());
            Reason reason = Reason.VERIFIED;
            String message;
            String tokenServer = "";
            try {
                Socket socket = connection.open();
                SSLSocket secured = handshake.on(socket, attempt);
                if (server.path().isEmpty()) {
                    message = verified(server, handshake);
                } else {
                    AnswerHead head = answer(server, handshake, secured, attempt);
                    message = words(server, handshake, head);
                    tokenServer = head.tokenServer();
                }
            } catch (ProofFailure failed) {
                reason = failed.reason();
                message = failed.getMessage();
            }
            Handshake seen =
                    handshake.verdict() == null ? connection.proxyHandshake().orElse(handshake) : handshake;
            return new TlsProof(
                    reason, message, connection.addresses(), proxy, seen.chain(), seen.verdict(), tokenServer);
        }
    }

    /** The same, with another end. */
    TlsProof ending(Reason another, String words) {
        return new TlsProof(another, words, addresses, proxy, chain, verdict, tokenServer);
    }

    private static String verified(TlsEndpoint server, Handshake handshake) {
        Verdict verdict = handshake.verdict();
        String anchor = verdict == null || verdict.anchor() == null ? "" : Names.subject(verdict.anchor());
        return "the chain of " + server.address() + " verified, up to " + anchor;
    }

    /** Asks for the path; what is answered to a GET counts only where it says that the server itself is in trouble. */
    private static AnswerHead answer(TlsEndpoint server, Handshake handshake, SSLSocket socket, Attempt attempt)
            throws ProofFailure {
        String verified = verified(server, handshake);
        AnswerHead head;
        try {
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + server.path() + " HTTP/1.1\r\nHost: " + server.address()
                            + "\r\nUser-Agent: capstan-proof\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            head = AnswerHead.read(socket.getInputStream());
        } catch (IOException broken) {
            throw attempt.over()
                    ? new ProofFailure(Reason.TIMED_OUT, verified + ", but there was no answer to GET in time")
                    : new ProofFailure(
                            Reason.SERVER_ERROR,
                            verified + ", but there was no answer to GET: " + Names.shown(broken.toString()));
        }
        if (head.status() == 429) {
            throw new ProofFailure(Reason.TOO_MANY_REQUESTS, words(server, handshake, head));
        }
        if (head.status() >= 500) {
            throw new ProofFailure(Reason.SERVER_ERROR, words(server, handshake, head));
        }
        return head;
    }

    private static String words(TlsEndpoint server, Handshake handshake, AnswerHead head) {
        return verified(server, handshake) + "; GET " + server.path() + " was answered " + head.words();
    }
}
