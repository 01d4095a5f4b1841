package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Caller;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says who calls: a service principal by her access token, or the administrator by his own, which may do everything. */
public final class Callers {

    private static final String SCHEME = "bearer ";

    private final SecretHash administrator;
    private final AccessTokens tokens;
    private final Principals principals;
    private final OutsideTokens outside;

    Callers(SecretHash administrator, AccessTokens tokens, Principals principals, OutsideTokens outside) {
        this.administrator = administrator;
        this.tokens = tokens;
        this.principals = principals;
        this.outside = outside;
    }

    /**
     * The caller and what she may do.
     *
     * @throws ArmFailure 401 if it is nobody
     */
    public Caller of(ArmRequest request) {
        String header = request.header("authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw refused(
                    "Bearer", "Authentication failed. The 'Authorization' header is missing or is not a bearer token.");
        }
        String token = header.substring(SCHEME.length()).strip();
        if (administrator.isOf(token)) {
            return Caller.ADMINISTRATOR;
        }
        return tokens.subject(token)
                .flatMap(this::caller)
                .or(() -> outside.caller(token))
                .orElseThrow(() -> refused(
                        "Bearer error=\"invalid_token\"",
                        "The access token is invalid or has expired. Log in again: az login --service-principal."));
    }

    /** Who is deleted, or got another secret since, is nobody. */
    private Optional<Caller> caller(AccessTokens.Subject subject) {
        return principals
                .find(subject.clientId())
                .filter(known -> known.spec().credential().equals(subject.credential()))
                .map(Principals.Known::caller);
    }

    private static ArmFailure refused(String challenge, String message) {
        return ArmFailure.of(401, "AuthenticationFailed", message, Map.of("WWW-Authenticate", challenge));
    }
}
