package dev.capstan.agent.api;

import dev.capstan.agent.disk.ClusterPin;
import dev.capstan.resources.Names;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.net.ssl.SSLException;

/**
 * The way to this node's API server. Every connection that it gives has been asked which cluster answers there, so
 * that nothing a foreign cluster says is ever read as news of this one.
 */
public final class Api {

    private static final Request CLUSTER = Request.get("/api/v1/namespaces/" + Names.SECRET_NAMESPACE);

    private final Endpoint endpoint;
    private final PinnedTls tls;
    private final Token token;
    private final ClusterPin pin;

    /**
     * The way to one API server.
     *
     * @param endpoint where it is
     * @param certificateAuthority PEM file of the only CAs that are believed
     * @param token the node's credential
     * @param pin the cluster the node belongs to
     */
    public Api(Endpoint endpoint, Path certificateAuthority, Token token, ClusterPin pin) {
        this.endpoint = endpoint;
        this.tls = new PinnedTls(certificateAuthority);
        this.token = token;
        this.pin = pin;
    }

    /** Where the API server is. */
    Endpoint endpoint() {
        return endpoint;
    }

    /** A new connection to the pinned cluster, for one thread. */
    Connection connect() throws IOException {
        Connection connection = open();
        try {
            verify(connection);
            return connection;
        } catch (IOException | RuntimeException failed) {
            connection.close();
            throw failed;
        }
    }

    /** A new connection, to whatever answers there. */
    Connection open() throws IOException {
        return Connection.open(endpoint, tls.sockets());
    }

    /** Why a request failed, and what to do about it, for whoever looks after the node. */
    public String words(Exception failure) {
        return switch (failure) {
            case RefusedException refused
            when refused.unauthorized() ->
                refused.getMessage() + ". The " + token
                        + " has expired or its service account is gone; the file is read again at each try. Put a new one there:"
                        + " kubelet does so in a pod, `capstan agent credential` elsewhere";
            case RefusedException refused
            when refused.forbidden() ->
                refused.getMessage() + ". The node's service account lacks that right; see its roles";
            case SSLException untrusted -> untrusted(untrusted);
            case UnknownHostException unknown ->
                "the name " + endpoint.host() + " has no address: " + unknown.getMessage();
            case IOException other -> other.getMessage() + "";
            default -> failure.toString();
        };
    }

    private String untrusted(SSLException failure) {
        boolean path = false;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return "the API server's certificate is not valid by this node's clock, which says "
                        + Instant.now().truncatedTo(ChronoUnit.HOURS) + " or somewhat later: " + cause.getMessage()
                        + ". Set the clock, or renew the certificate";
            }
            path |= cause instanceof CertPathValidatorException || cause instanceof CertPathBuilderException;
        }
        return path
                ? "the API server's certificate is from none of the CAs in " + tls + ", so it is not spoken to ("
                        + failure.getMessage()
                        + "). If the cluster's CA was replaced on purpose, put the new one there; the"
                        + " file is read again at each try"
                : failure.getMessage() + "";
    }

    /**
     * Makes sure that the pinned cluster answers on this connection.
     *
     * @throws ForeignClusterException if it does not
     */
    void verify(Connection connection) throws IOException {
        Answer answer = send(connection, CLUSTER, Connection.ANSWER);
        String uid =
                Json.whole(answer.body().all(), json -> Metadata.within(json).uid());
        if (pin.compare(uid) instanceof ClusterPin.Verdict.Refused refused) {
            throw new ForeignClusterException(refused.words());
        }
    }

    /**
     * Sends a request with the node's token; where that is refused and another has been delivered meanwhile, with that.
     *
     * @throws RefusedException if the answer is not a success
     */
    Answer send(Connection connection, Request request, Connection.Patience patience) throws IOException {
        String used = token.value();
        try {
            return connection.send(request, used, patience).accepted();
        } catch (RefusedException refused) {
            if (!refused.unauthorized() || !token.changedSince(used)) {
                throw refused;
            }
            return connection.send(request, token.value(), patience).accepted();
        }
    }
}
