package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Secrets;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.AccessScope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The authority that Azure's clients log in at: of AD FS's kind, since for those their library asks Microsoft nothing. It
 * serves OpenID discovery, its keys, and tokens for client credentials (RFC 6749, 4.4). All of it is open; what is not is
 * behind the tokens it hands out.
 */
public final class Authority {

    /** What the actions on principals begin with. */
    public static final String PROVIDER = "capstan.identity/";

    private static final String ROOT = "adfs";
    private static final String MANAGED_IDENTITY = "GET msi/token";
    private static final Set<String> TOKEN = Set.of("POST adfs/oauth2/token", "POST adfs/oauth2/v2.0/token");
    private static final String PRINCIPAL_SECRET = "arm-principal";

    private final TokenKeys keys;
    private final AccessTokens tokens;
    private final Principals principals;
    private final PrincipalRoutes routes;
    private final Logins logins;

    private Authority(
            TokenKeys keys, AccessTokens tokens, Principals principals, PrincipalRoutes routes, Logins logins) {
        this.keys = keys;
        this.tokens = tokens;
        this.principals = principals;
        this.routes = routes;
        this.logins = logins;
    }

    /**
     * Reads what it needs from the management cluster's Secrets, and makes what is missing there.
     *
     * @param endpoint {@code https://HOST:PORT} of this server; tokens are issued and good for it
     * @param home the service principal that is always there
     */
    public static Authority open(
            KubernetesApi api,
            Management management,
            String endpoint,
            HomePrincipal home,
            Scope scope,
            AuditLog audit,
            InstantSource clock) {
        Secrets secrets = new Secrets(api);
        TokenKeys keys = TokenKeys.open(secrets, clock);
        keep(secrets, home);
        var tokens = new AccessTokens(keys, endpoint + "/" + ROOT, endpoint + "/", scope.tenant(), clock);
        var subscription = new AccessScope(scope.subscription(), null, null);
        var principals = new Principals(management, secrets, home, subscription, clock);
        return new Authority(
                keys,
                tokens,
                principals,
                new PrincipalRoutes(principals, subscription, scope.tenant()),
                new Logins(principals, tokens, audit, clock));
    }

    /** The principal's name and the hash of its secret; the secret itself is nowhere but with its owner. */
    private static void keep(Secrets secrets, HomePrincipal principal) {
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

    /** Who calls, by the tokens of this authority, of those outside that are trusted, or by the administrator's. */
    public Callers callers(SecretHash administrator, OutsideTokens outside) {
        return new Callers(administrator, tokens, principals, outside);
    }

    /** The service principals, for those who may make some. */
    public List<Route> routes() {
        return routes.routes();
    }

    /** Whether a request asks for a token. */
    public boolean isLogin(ArmRequest request) {
        String asked = asked(request);
        return asked.equals(MANAGED_IDENTITY) || TOKEN.contains(asked);
    }

    /** Answers a path of the authority; empty if there is no such path. */
    public Optional<ArmAnswer> answer(ArmRequest request) {
        String asked = asked(request);
        return switch (asked) {
            case "GET adfs/.well-known/openid-configuration" -> Optional.of(ArmAnswer.ok(discovery(request.origin())));
            case "GET adfs/discovery/keys" -> Optional.of(ArmAnswer.ok(keys()));
            case MANAGED_IDENTITY -> Optional.of(logins.managedIdentity(request).with("Cache-Control", "no-store"));
            default ->
                TOKEN.contains(asked)
                        ? Optional.of(logins.clientCredentials(request).with("Cache-Control", "no-store"))
                        : Optional.empty();
        };
    }

    private static String asked(ArmRequest request) {
        return request.method() + " " + String.join("/", request.path()).toLowerCase(Locale.ROOT);
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
        ArrayNode list = set.putArray("keys");
        keys.all()
                .forEach(key -> list.addObject()
                        .put("kty", "EC")
                        .put("use", "sig")
                        .put("alg", "ES256")
                        .put("crv", "P-256")
                        .put("kid", key.id())
                        .put("x", TokenKey.coordinate(key.publicKey().getW().getAffineX()))
                        .put("y", TokenKey.coordinate(key.publicKey().getW().getAffineY())));
        return set;
    }
}
