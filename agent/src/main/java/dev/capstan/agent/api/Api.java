package dev.capstan.agent.api;

import dev.capstan.agent.disk.ClusterPin;
import dev.capstan.resources.Names;
import java.io.IOException;
import java.nio.file.Path;

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

    /**
     * Makes sure that the pinned cluster answers on this connection.
     *
     * @throws ForeignClusterException if it does not
     */
    void verify(Connection connection) throws IOException {
        Answer answer = send(connection, CLUSTER, Connection.ANSWER_MILLIS);
        String uid =
                Json.whole(answer.body().all(), json -> Metadata.within(json).uid());
        if (pin.compare(uid) instanceof ClusterPin.Verdict.Refused refused) {
            throw new ForeignClusterException(refused.words());
        }
    }

    /**
     * Sends a request with the node's token; where that is refused and the controller has delivered another meanwhile,
     * with that.
     *
     * @throws RefusedException if the answer is not a success
     */
    Answer send(Connection connection, Request request, int answerMillis) throws IOException {
        String used = token.value();
        try {
            return connection.send(request, used, answerMillis).accepted();
        } catch (RefusedException refused) {
            if (!refused.unauthorized() || !token.changedSince(used)) {
                throw refused;
            }
            return connection.send(request, token.value(), answerMillis).accepted();
        }
    }
}
