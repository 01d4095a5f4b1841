package dev.capstan.embeddedkubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.identity.CheckedTokens.Claims;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes and checks the tokens of service accounts: JSON Web Tokens signed with ES256. A token names as issuer and
 * audience the UID of the cluster's {@code kube-system}, so that one virtual cluster's token means nothing to another,
 * even after a cluster was deleted and made again under the same name; and it names the account's UID, so that it ends
 * with the account. The signature is checked before anything in the token is believed; what a good one says is
 * remembered (see {@link CheckedTokens}), its time and its account are looked at with every request.
 */
public final class ServiceAccountTokens {
    static final String RESOURCE = "serviceaccounts";
    private static final String CLAIM = "kubernetes.io";
    private static final int MAX_LENGTH = 16 * 1024;

    private final ClusterStore store;
    private final SigningKey key;
    private final String issuer;
    private final Clock clock;
    private final CheckedTokens checked = new CheckedTokens();

    /**
     * @param clusterUid UID of the cluster's {@code kube-system}
     */
    public ServiceAccountTokens(ClusterStore store, SigningKey key, String clusterUid, Clock clock) {
        this.store = store;
        this.key = key;
        this.issuer = "urn:uuid:" + clusterUid;
        this.clock = clock;
    }

    /**
     * A token as handed out.
     *
     * @param text the token itself; a secret
     * @param expires when it ends
     */
    public record Token(String text, Instant expires) {
        @Override
        public String toString() {
            return "Token[expires=" + expires + "]";
        }
    }

    /** The audience tokens are for when none is asked for; the only one this API accepts. */
    public String audience() {
        return issuer;
    }

    /**
     * Makes a token.
     *
     * @param account the ServiceAccount object
     * @param audiences whom it is for; empty means this API
     */
    public Token issue(ObjectNode account, List<String> audiences, Duration life) {
        Instant now = clock.instant();
        Instant expires = now.plus(life);
        String namespace = Json.meta(account, "namespace");
        String name = Json.meta(account, "name");
        ObjectNode header = Json.object().put("alg", "ES256").put("kid", key.id());
        ObjectNode claims = Json.object();
        (audiences.isEmpty() ? List.of(issuer) : audiences).forEach(claims.putArray("aud")::add);
        claims.put("exp", expires.getEpochSecond())
                .put("iat", now.getEpochSecond())
                .put("iss", issuer)
                .put("jti", UUID.randomUUID().toString());
        ObjectNode bound = claims.putObject(CLAIM).put("namespace", namespace);
        bound.putObject("serviceaccount").put("name", name).put("uid", Json.meta(account, "uid"));
        claims.put("nbf", now.getEpochSecond()).put("sub", "system:serviceaccount:" + namespace + ":" + name);
        String content = encode(Json.bytes(header)) + "." + encode(Json.bytes(claims));
        String signature = encode(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
        return new Token(content + "." + signature, Instant.ofEpochSecond(expires.getEpochSecond()));
    }

    /** The service account a token stands for; nothing when the token is not valid here and now. */
    public Optional<Identity> verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<Claims> claims = checked.find(token);
        if (claims.isEmpty()) {
            claims = signed(parts);
            claims.ifPresent(good -> checked.remember(token, good));
        }
        long now = clock.instant().getEpochSecond();
        if (claims.isPresent() && now >= claims.get().expires()) {
            checked.forget(token);
        }
        return claims.filter(good -> good.notBefore() <= now && now < good.expires())
                .flatMap(this::account);
    }

    /** What a token says, if it is one of this cluster's, for this cluster, with a good signature. */
    private Optional<Claims> signed(String[] parts) {
        try {
            Base64.Decoder decoder = Base64.getUrlDecoder();
            JsonNode header = Json.MAPPER.readTree(decoder.decode(parts[0]));
            byte[] content = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
            if (!header.path("alg").asText("").equals("ES256")
                    || !header.path("kid").asText("").equals(key.id())
                    || !key.verify(content, decoder.decode(parts[2]))) {
                return Optional.empty();
            }
            JsonNode claims = Json.MAPPER.readTree(decoder.decode(parts[1]));
            if (!claims.path("iss").asText("").equals(issuer)
                    || !Json.texts(claims.path("aud")).contains(issuer)) {
                return Optional.empty();
            }
            JsonNode bound = claims.path(CLAIM).path("serviceaccount");
            return Optional.of(new Claims(
                    claims.path(CLAIM).path("namespace").asText(""),
                    bound.path("name").asText(""),
                    bound.path("uid").asText(""),
                    claims.path("nbf").asLong(Long.MAX_VALUE),
                    claims.path("exp").asLong(0)));
        } catch (IllegalArgumentException | IOException _) {
            // Neither base64 nor JSON: not a token.
            return Optional.empty();
        }
    }

    /** The account of a token, if it is still the one the token was made for. */
    private Optional<Identity> account(Claims claims) {
        ObjectNode account = store.get(new ObjectKey(RESOURCE, claims.namespace(), claims.account()));
        if (account == null
                || !Json.meta(account, "uid").equals(claims.uid())
                || account.path("metadata").has("deletionTimestamp")) {
            return Optional.empty();
        }
        return Optional.of(Identity.serviceAccount(claims.namespace(), claims.account(), claims.uid()));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
