package dev.capstan.agent.api;

import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ObjectNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an agent beside its watches, over one connection that is kept open: the Lease keeps it warm, so that
 * the next status needs no handshake. May be used by several threads; their requests go one after the other. A kept
 * connection that turns out to be closed is replaced without a word, once per request. While a server has asked to be left
 * alone (Retry-After), a request fails with that refusal and is not sent, whoever asks.
 */
public final class Requests implements AutoCloseable {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    /** What is asked for where the token at hand does not say how long it lives. */
    private static final long TOKEN_SECONDS = 3600;

    private final Api api;
    private final String node;
    private final Token token;
    private final String leasePath;
    private @Nullable LeaseObject lease;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;
    private @Nullable RefusedException asked;
    private long aloneUntil;

    /** The requests of this node's agent. */
    public Requests(Api api, String node, Token token) {
        this.api = api;
        this.node = node;
        this.token = token;
        this.leasePath = "/apis/coordination.k8s.io/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/leases/" + node;
    }

    /**
     * The PEM texts of the CertificateSet with this fingerprint.
     *
     * @throws RefusedException if there is none ({@link RefusedException#notFound()}) or it may not be read
     */
    public List<String> certificateSet(String fingerprint) throws IOException {
        String name = CertificateSets.nameOf(fingerprint);
        byte[] body = send(Request.get("/apis/" + Names.API_VERSION + "/" + CertificateSets.PLURAL + "/" + name));
        return Json.whole(body, json -> {
            List<String> texts = new ArrayList<>();
            Json.fields(json, field -> {
                if (field.equals("spec")) {
                    Json.fields(json, inSpec -> {
                        if (inSpec.equals("certificates")) {
                            Json.elements(json, () -> texts.add(Json.text(json)));
                        }
                    });
                }
            });
            return texts;
        });
    }

    /**
     * The node's NodeTrust as it is now.
     *
     * @throws RefusedException if there is none or it may not be read
     */
    public TrustObject nodeTrust() throws IOException {
        byte[] body = send(Request.get("/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL + "/" + node));
        return Json.whole(body, json -> TrustObject.read(json).object());
    }

    /** Writes the status of the node's NodeTrust. */
    public void writeStatus(NodeTrust.Status status) throws IOException {
        send(Request.of(
                "PATCH",
                "/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL + "/" + node + "/status",
                MERGE_PATCH,
                StatusDocument.of(status)));
    }

    /**
     * Renews the node's Lease. It is read first where its version is not known or no longer right.
     *
     * @param now RFC 3339 with six digits of fraction
     */
    public synchronized void renewLease(String now) throws IOException {
        LeaseObject known = lease;
        lease = null;
        if (known != null) {
            try {
                lease = putLease(known, now);
                return;
            } catch (RefusedException refused) {
                if (!refused.conflict()) {
                    throw refused;
                }
            }
        }
        lease = putLease(Json.whole(send(Request.get(leasePath)), LeaseObject::read), now);
    }

    /**
     * Asks for a new token for the node's own service account (Kubernetes TokenRequest), to live as long as the one at hand,
     * and takes it up.
     */
    public void renewToken() throws IOException {
        long lifetime = token.lifetimeSeconds();
        byte[] asked = Json.object(json -> {
            json.writeStringField("apiVersion", "authentication.k8s.io/v1");
            json.writeStringField("kind", "TokenRequest");
            json.writeObjectFieldStart("spec");
            json.writeNumberField("expirationSeconds", lifetime > 0 ? lifetime : TOKEN_SECONDS);
            json.writeEndObject();
        });
        String path = "/api/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/serviceaccounts/" + ObjectNames.agent(node)
                + "/token";
        String renewed = Json.whole(send(Request.of("POST", path, JSON, asked)), json -> {
            String[] found = {""};
            Json.fields(json, field -> {
                if (field.equals("status")) {
                    Json.fields(json, inStatus -> {
                        if (inStatus.equals("token")) {
                            found[0] = Json.text(json);
                        }
                    });
                }
            });
            return found[0];
        });
        token.replace(renewed);
    }

    /** Why a request failed, and what to do about it. */
    public String words(Exception failure) {
        return api.words(failure);
    }

    /** Ends the connection, whatever waits for it; every later request fails. */
    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            open.abort();
        }
    }

    private LeaseObject putLease(LeaseObject known, String now) throws IOException {
        byte[] body = known.renewed(node, Names.SYSTEM_NAMESPACE, now);
        return Json.whole(send(Request.of("PUT", leasePath, JSON, body)), LeaseObject::read);
    }

    private synchronized byte[] send(Request request) throws IOException {
        RefusedException refused = asked;
        if (refused != null) {
            long left = aloneUntil - System.nanoTime();
            if (left > 0) {
                throw refused.still((int) (left / 1_000_000_000L) + 1);
            }
            asked = null;
        }
        try {
            return sendNow(request);
        } catch (RefusedException failed) {
            if (failed.retryAfterSeconds() > 0) {
                asked = failed;
                aloneUntil = System.nanoTime() + failed.retryAfterSeconds() * 1_000_000_000L;
            }
            throw failed;
        }
    }

    private byte[] sendNow(Request request) throws IOException {
        Connection kept = connection;
        if (kept != null) {
            try {
                return exchange(kept, request);
            } catch (RefusedException answered) {
                throw answered;
            } catch (IOException closedMeanwhile) {
                forget(kept);
            }
        }
        return exchange(fresh(), request);
    }

    private byte[] exchange(Connection open, Request request) throws IOException {
        boolean usable = false;
        try {
            Answer answer = api.send(open, request, Connection.ANSWER);
            byte[] body = answer.body().all();
            usable = open.reusableAfter(answer);
            return body;
        } catch (RefusedException refused) {
            // The words of a refusal were read to their end.
            usable = true;
            throw refused;
        } finally {
            if (!usable) {
                forget(open);
            }
        }
    }

    private Connection fresh() throws IOException {
        Connection opened = api.connect();
        connection = opened;
        if (closed) {
            opened.close();
            throw new IOException("the agent is stopping");
        }
        return opened;
    }

    private void forget(Connection open) {
        open.close();
        connection = null;
    }
}
