package dev.capstan.proof;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One TLS handshake. The chain is judged in the handshake itself, where it stands whether it verifies or not; one that does
 * not ends the handshake, as in any client. One that does counts only when the handshake has ended well: before that the
 * server has not shown that it holds the key.
 */
final class Handshake {

    private final TlsEndpoint server;
    private final Anchors anchors;
    private final Instant now;
    private List<X509Certificate> chain = List.of();
    private @Nullable Verdict verdict;

    Handshake(TlsEndpoint server, Anchors anchors, Instant now) {
        this.server = server;
        this.anchors = anchors;
        this.now = now;
    }

    /** What the server sent, verified or not; empty before it did. */
    List<X509Certificate> chain() {
        return chain;
    }

    /** What came of the chain; absent if none was seen. */
    @Nullable
    Verdict verdict() {
        return verdict;
    }

    /**
     * Makes it, on a connection that is there.
     *
     * @return the connection, if the chain verified
     * @throws ProofFailure if it did not, or was not seen
     */
    SSLSocket on(Socket connection, Attempt attempt) throws ProofFailure {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Judge()}, null);
            SSLSocket socket = attempt.with((SSLSocket)
                    context.getSocketFactory().createSocket(connection, server.host(), server.port(), true));
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            if (!server.path().isEmpty()) {
                parameters.setApplicationProtocols(new String[] {"http/1.1"});
            }
            parameters.setServerNames(serverNames());
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has TLS", impossible);
        } catch (IOException failed) {
            throw failure(failed, attempt);
        }
    }

    /** The name for SNI, which an address is none (RFC 6066, 3). */
    private List<SNIServerName> serverNames() {
        String host = server.host().endsWith(".")
                ? server.host().substring(0, server.host().length() - 1)
                : server.host();
        if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
            return List.of();
        }
        return List.of(new SNIHostName(host.getBytes(StandardCharsets.US_ASCII)));
    }

    private ProofFailure failure(IOException failed, Attempt attempt) {
        if (verdict != null && !verdict.verified()) {
            Verdict.Problem first = verdict.problems().getFirst();
            StringBuilder words = new StringBuilder(first.words());
            verdict.problems().stream()
                    .skip(1)
                    .forEach(problem -> words.append("; besides, ").append(problem.words()));
            return new ProofFailure(first.reason(), words.toString());
        }
        if (attempt.over()) {
            return new ProofFailure(
                    Reason.TIMED_OUT, "the TLS handshake with " + server.address() + " had no end in time");
        }
        String said = Names.shown(String.valueOf(failed.getMessage()));
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("plaintext connection") || lower.contains("unrecognized ssl message")) {
            return new ProofFailure(
                    Reason.NOT_TLS, server.address() + " does not speak TLS (" + said + "); perhaps it is plain HTTP");
        }
        String words = "the TLS handshake with " + server.address() + " failed before "
                + (chain.isEmpty() ? "the server had sent a chain" : "it came to its end") + ": " + said;
        return new ProofFailure(
                failed instanceof SSLException || !chain.isEmpty() ? Reason.HANDSHAKE_FAILED : Reason.UNREACHABLE,
                words);
    }

    /** Keeps the chain, and what it judges of it. */
    private final class Judge extends X509ExtendedTrustManager {

        private void judge(X509Certificate[] sent) throws CertificateException {
            chain = List.of(sent);
            verdict = ChainCheck.of(chain, anchors, server.host(), now);
            if (!verdict.verified()) {
                throw new CertificateException("the chain did not verify");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] sent, String key, Socket socket) throws CertificateException {
            judge(sent);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] sent, String key, SSLEngine engine)
                throws CertificateException {
            judge(sent);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] sent, String key) throws CertificateException {
            judge(sent);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] sent, String key, Socket socket) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] sent, String key, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] sent, String key) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
