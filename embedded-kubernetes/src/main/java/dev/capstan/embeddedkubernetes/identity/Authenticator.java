package dev.capstan.embeddedkubernetes.identity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells by a bearer token who makes a request to one virtual cluster. */
public final class Authenticator {
    private static final String SCHEME = "Bearer ";

    private final AdministratorToken administrator;
    private final ServiceAccountTokens tokens;

    /** Takes the administrator's token and those of the cluster's service accounts. */
    public Authenticator(AdministratorToken administrator, ServiceAccountTokens tokens) {
        this.administrator = administrator;
        this.tokens = tokens;
    }

    /** The token of an {@code Authorization} header; nothing when there is none. */
    public static Optional<String> bearer(@Nullable String header) {
        return header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.empty()
                : Optional.of(header.substring(SCHEME.length()).strip());
    }

    /** The identity of an {@code Authorization} header; nothing when it is missing or not valid. */
    public Optional<Identity> authenticateHeader(@Nullable String header) {
        return bearer(header).flatMap(this::authenticate);
    }

    /** The identity a token stands for; nothing when it is not valid. */
    public Optional<Identity> authenticate(String token) {
        if (administrator.matches(token)) {
            return Optional.of(new Identity(AdministratorToken.USER, ""));
        }
        return tokens.verify(token);
    }

    String audience() {
        return tokens.audience();
    }
}
