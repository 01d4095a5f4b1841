package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Secrets;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority that Azure's clients log in at: of AD FS's kind, since for those their library asks Microsoft nothing. It
 * serves OpenID discovery, its keys, and tokens for client credentials (RFC 6749, 4.4). All of it is open; what is not is
 * behind the tokens it hands out.
 */
public final class Authority {

    private static final Logger LOG = LoggerFactory.getLogger(Authority.class);
    private static final String ROOT = "adfs";
    private static final String PRINCIPAL_SECRET = "arm-principal";
    private static final int LARGEST_FORM = 16 * 1024;

    private final TokenKey key;
    private final AccessTokens tokens;
    private final Principal principal;

    private Authority(TokenKey key, AccessTokens tokens, Principal principal) {
        this.key = key;
        this.tokens = tokens;
        this.principal = principal;
    }

    /**
     * Reads what it needs from the management cluster's Secrets, and makes what is missing there.
     *
     * @param endpoint {@code https://HOST:PORT} of this server; tokens are issued and good for it
     */
    public static Authority open(
            KubernetesApi management, String endpoint, Principal principal, String tenant, InstantSource clock) {
        Secrets secrets = new Secrets(management);
        TokenKey key = TokenKey.open(secrets);
        keep(secrets, principal);
        var tokens = new AccessTokens(key, endpoint + "/" + ROOT, endpoint + "/", tenant, clock);
        return new Authority(key, tokens, principal);
    }

    /** The principal's name and the hash of its secret; the secret itself is nowhere but with its owner. */
    private static void keep(Secrets secrets, Principal principal) {
        Map<String, byte[]> wanted = Map.of(
                "clientId", principal.clientId().getBytes(StandardCharsets.UTF_8),
                "secretSha256", principal.secret().hex().getBytes(StandardCharsets.US_ASCII));
        Optional<Map<String, byte[]>> kept = secrets.read(PRINCIPAL_SECRET);
        try {
            if (kept.isEmpty()) {
                secrets.create(PRINCIPAL_SECRET, wanted);
            } else if (!wanted.keySet().stream()
                    .allMatch(name -> MessageDigest.isEqual(kept.get().get(name), wanted.get(name)))) {
                secrets.replace(PRINCIPAL_SECRET, wanted);
            }
        } catch (Conflict writtenMeanwhile) {
            throw new IllegalStateException(
                    "the Secret capstan-system/" + PRINCIPAL_SECRET + " is written by another server with this home's"
                            + " cluster; run one at a time",
                    writtenMeanwhile);
        }
    }

    /** Who calls, by the tokens of this authority or the administrator's. */
    public Callers callers(SecretHash administrator) {
        return new Callers(administrator, tokens, principal.clientId());
    }

    /** Answers a path under {@code /adfs}; empty if there is no such path. */
    public Optional<ArmAnswer> answer(ArmRequest request) {
        List<String> path = request.path();
        if (path.isEmpty() || !path.getFirst().equalsIgnoreCase(ROOT)) {
            return Optional.empty();
        }
        String below = String.join("/", path.subList(1, path.size())).toLowerCase(Locale.ROOT);
        return switch (request.method() + " " + below) {
            case "GET .well-known/openid-configuration" -> Optional.of(ArmAnswer.ok(discovery(request.origin())));
            case "GET discovery/keys" -> Optional.of(ArmAnswer.ok(keys()));
            case "POST oauth2/token", "POST oauth2/v2.0/token" ->
                Optional.of(token(request).with("Cache-Control", "no-store"));
            default -> Optional.empty();
        };
    }

    private static ObjectNode discovery(String origin) {
        String root = origin + "/" + ROOT;
        ObjectNode document = Json.object()
                .put("issuer", root)
                .put("authorization_endpoint", root + "/oauth2/authorize")
                .put("token_endpoint", root + "/oauth2/token")
                .put("jwks_uri", root + "/discovery/keys");
        document.putArray("grant_types_supported").add("client_credentials");
        document.putArray("token_endpoint_auth_methods_supported").add("client_secret_post");
        document.putArray("response_types_supported").add("token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add("ES256");
        return document;
    }

    private ObjectNode keys() {
        ObjectNode set = Json.object();
        set.putArray("keys")
                .addObject()
                .put("kty", "EC")
                .put("use", "sig")
                .put("alg", "ES256")
                .put("crv", "P-256")
                .put("kid", key.id())
                .put("x", TokenKey.coordinate(key.publicKey().getW().getAffineX()))
                .put("y", TokenKey.coordinate(key.publicKey().getW().getAffineY()));
        return set;
    }

    private ArmAnswer token(ArmRequest request) {
        Map<String, String> form;
        try {
            form = form(new String(request.content().read(LARGEST_FORM), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            return refused(400, "invalid_request", "AADSTS900144: The request body is not a form.");
        }
        String grant = form.getOrDefault("grant_type", "");
        if (!grant.equals("client_credentials")) {
            return refused(
                    400,
                    "unsupported_grant_type",
                    "AADSTS70003: The app requested an unsupported grant type. Only 'client_credentials' is served: az"
                            + " login --service-principal.");
        }
        String client = form.getOrDefault("client_id", "");
        // The secret is looked at even where the name is wrong, so that the time taken does not tell which one was.
        boolean secretIsRight = principal.secret().isOf(form.getOrDefault("client_secret", ""));
        boolean known = MessageDigest.isEqual(
                principal.clientId().getBytes(StandardCharsets.UTF_8),
                client.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        if (!known || !secretIsRight) {
            LOG.warn("A login was refused");
            return refused(
                    401,
                    "invalid_client",
                    "AADSTS7000215: Invalid client secret provided. Ensure the client id and the client secret being"
                            + " sent in the request are those in CAPSTAN_HOME/principal.json of the server.");
        }
        long life = AccessTokens.LIFE.toSeconds();
        return ArmAnswer.ok(Json.object()
                .put("token_type", "Bearer")
                .put("expires_in", life)
                .put("ext_expires_in", life)
                .put("access_token", tokens.issue(principal)));
    }

    private static ArmAnswer refused(int status, String error, String description) {
        ObjectNode body = Json.object()
                .put("error", error)
                .put("error_description", description)
                .put("correlation_id", UUID.randomUUID().toString());
        return ArmAnswer.of(status, body);
    }

    /** {@code application/x-www-form-urlencoded}; the first value of a name that comes twice. */
    private static Map<String, String> form(String text) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.putIfAbsent(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return form;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
