package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import java.util.Locale;
import java.util.Map;

/** Says who calls: the service principal by its access token, or the administrator by his own, which may do everything. */
public final class Callers {

    private static final String SCHEME = "bearer ";

    private final SecretHash administrator;
    private final AccessTokens tokens;
    private final String principal;

    Callers(SecretHash administrator, AccessTokens tokens, String principal) {
        this.administrator = administrator;
        this.tokens = tokens;
        this.principal = principal;
    }

    /**
     * The caller's name, for the log.
     *
     * @throws ArmFailure 401 if it is nobody
     */
    public String name(ArmRequest request) {
        String header = request.header("authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw refused(
                    "Bearer", "Authentication failed. The 'Authorization' header is missing or is not a bearer token.");
        }
        String token = header.substring(SCHEME.length()).strip();
        if (administrator.isOf(token)) {
            return "administrator";
        }
        return tokens.subject(token)
                .filter(principal::equals)
                .orElseThrow(() -> refused(
                        "Bearer error=\"invalid_token\"",
                        "The access token is invalid or has expired. Log in again: az login --service-principal."));
    }

    private static ArmFailure refused(String challenge, String message) {
        return ArmFailure.of(401, "AuthenticationFailed", message, Map.of("WWW-Authenticate", challenge));
    }
}
