package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.audit.AuditEvent;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out tokens, in two forms: client credentials (RFC 6749, 4.4), and managed identity as Azure's App Service has it,
 * which answers {@code az login --identity} to whoever sends a principal's secret as {@code X-IDENTITY-HEADER}.
 */
final class Logins {

    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final int LARGEST_FORM = 16 * 1024;
    private static final String WHERE_SECRETS_ARE =
            " Ensure the client id and the client secret being sent in the request are"
                    + " those in CAPSTAN_HOME/principal.json of the server, or those that 'capstan principal create' or 'rotate'"
                    + " printed last.";

    private final Principals principals;
    private final AccessTokens tokens;
    private final AuditLog audit;
    private final InstantSource clock;
    private final LoginDelays delays;

    Logins(Principals principals, AccessTokens tokens, AuditLog audit, InstantSource clock) {
        this.principals = principals;
        this.tokens = tokens;
        this.audit = audit;
        this.clock = clock;
        this.delays = new LoginDelays(clock);
    }

    ArmAnswer clientCredentials(ArmRequest request) {
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
        String client = form.getOrDefault("client_id", "").toLowerCase(Locale.ROOT);
        String secret = form.getOrDefault("client_secret", "");
        return login(request, client, () -> principals.login(client, secret), this::bearer);
    }

    ArmAnswer managedIdentity(ArmRequest request) {
        String secret = request.headers().getOrDefault("x-identity-header", "");
        String client = request.query().getOrDefault("client_id", "").toLowerCase(Locale.ROOT);
        String audience = request.query().getOrDefault("resource", "");
        return login(
                request,
                client,
                () -> client.isEmpty() ? principals.ofSecret(secret) : principals.login(client, secret),
                known -> bearer(known, audience));
    }

    @FunctionalInterface
    private interface Check {
        Optional<Principals.Known> run();
    }

    @FunctionalInterface
    private interface Success {
        ArmAnswer answer(Principals.Known known);
    }

    private ArmAnswer login(ArmRequest request, String client, Check check, Success success) {
        Duration delay = delays.delay(client, request.address());
        if (!delay.isZero()) {
            String seconds = Long.toString(delay.plusMillis(999).toSeconds());
            return refused(
                            429,
                            "temporarily_unavailable",
                            "AADSTS50196: Too many logins with a wrong secret came from this address. Try again in "
                                    + seconds + " s; the secret was not looked at.")
                    .with("Retry-After", seconds);
        }
        Optional<Principals.Known> known = check.run();
        if (known.isEmpty()) {
            delays.failed(client, request.address());
            // What a stranger sends as a name may be a secret, pasted into the wrong place.
            keep(request, Principals.isClientId(client) ? client : "", 401, "invalid_client");
            return refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided." + WHERE_SECRETS_ARE);
        }
        delays.succeeded(client, request.address());
        keep(request, known.get().clientId(), 200, "");
        return success.answer(known.get());
    }

    private void keep(ArmRequest request, String client, int status, String code) {
        LOG.info("{}: login from {} -> {} {}", client, request.address(), status, code);
        audit.append(new AuditEvent(
                AuditEvent.Kind.LOGIN,
                clock.instant(),
                request.id(),
                client,
                request.address(),
                request.method(),
                request.shownPath(),
                "login",
                status,
                code,
                null));
    }

    private ArmAnswer bearer(Principals.Known known) {
        long life = AccessTokens.LIFE.toSeconds();
        return ArmAnswer.ok(Json.object()
                .put("token_type", "Bearer")
                .put("expires_in", life)
                .put("ext_expires_in", life)
                .put("access_token", token(known)));
    }

    /** As App Service answers: the time when it ends as a text, in seconds of the epoch. */
    private ArmAnswer bearer(Principals.Known known, String audience) {
        long ends = clock.instant().plus(AccessTokens.LIFE).getEpochSecond();
        return ArmAnswer.ok(Json.object()
                .put("access_token", token(known))
                .put("client_id", known.clientId())
                .put("expires_on", Long.toString(ends))
                .put("resource", audience)
                .put("token_type", "Bearer"));
    }

    private String token(Principals.Known known) {
        return tokens.issue(
                new AccessTokens.Subject(known.clientId(), known.spec().credential()));
    }

    /** In the forms of both kinds of login: OAuth's, and App Service's {@code statusCode} and {@code message}. */
    private static ArmAnswer refused(int status, String error, String description) {
        ObjectNode body = Json.object()
                .put("error", error)
                .put("error_description", description)
                .put("correlation_id", UUID.randomUUID().toString())
                .put("statusCode", status)
                .put("message", description);
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
