package dev.capstan.embeddedkubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.time.Duration;

/**
 * The subresource {@code serviceaccounts/token} (TokenRequest of authentication.k8s.io/v1). A token lives at least ten
 * minutes, at most a day; who asks for more gets a day and reads so in {@code expirationTimestamp}, as a real API server
 * with {@code --service-account-max-token-expiration} does.
 */
public final class TokenRequests {
    private static final long SHORTEST = 600;
    private static final long USUAL = 3600;
    private static final long LONGEST = 24 * 3600;
    private static final long LARGEST_ASKED = 1L << 32;

    private final ClusterStore store;
    private final ServiceAccountTokens tokens;

    /** Token requests for the accounts in a store. */
    public TokenRequests(ClusterStore store, ServiceAccountTokens tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    /**
     * Answers a request.
     *
     * @param request the object as sent; gets its {@code status}
     */
    public ObjectNode answer(String namespace, String name, ObjectNode request) {
        ObjectNode account = store.get(new ObjectKey(ServiceAccountTokens.RESOURCE, namespace, name));
        if (account == null) {
            throw ApiFailure.notFound("", ServiceAccountTokens.RESOURCE, name);
        }
        ObjectNode spec = request.withObjectProperty("spec");
        JsonNode bound = spec.path("boundObjectRef");
        if (bound.isObject() && !bound.isEmpty()) {
            throw ApiFailure.badRequest(
                    "spec.boundObjectRef is not served here: tokens are bound to their service account only");
        }
        long seconds = spec.path("expirationSeconds").asLong(USUAL);
        if (seconds < SHORTEST || seconds > LARGEST_ASKED) {
            throw ApiFailure.of(
                    422,
                    "Invalid",
                    "TokenRequest.authentication.k8s.io \"" + name + "\" is invalid: spec.expirationSeconds: Invalid"
                            + " value: " + seconds + ": "
                            + (seconds < SHORTEST
                                    ? "may not specify a duration less than 10 minutes"
                                    : "may not specify a duration larger than 2^32 seconds"));
        }
        ServiceAccountTokens.Token token = tokens.issue(
                account, Json.texts(spec.path("audiences")), Duration.ofSeconds(Math.min(seconds, LONGEST)));
        if (spec.path("audiences").isEmpty()) {
            spec.putArray("audiences").add(tokens.audience());
        }
        spec.put("expirationSeconds", Math.min(seconds, LONGEST));
        Json.metadata(request).put("name", name).put("namespace", namespace);
        request.putObject("status")
                .put("token", token.text())
                .put("expirationTimestamp", token.expires().toString());
        return request;
    }
}
