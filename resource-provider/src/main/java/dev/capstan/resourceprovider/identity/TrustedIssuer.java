package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.Caller.Grant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect issuer outside, whose tokens are taken for what the configuration says.
 *
 * @param issuer the {@code iss} of its tokens, an https URL; its discovery document is below that
 * @param audience what {@code aud} has to name: tokens for others are not taken
 * @param certificateAuthorities what its own TLS certificate is verified with, PEM; null: what Java trusts
 * @param claim the claim that says what a caller is, a text or a list of texts: {@code groups}, {@code roles}
 * @param grants what each value of that claim may do
 */
public record TrustedIssuer(
        String issuer,
        String audience,
        @Nullable String certificateAuthorities,
        String claim,
        Map<String, List<Grant>> grants) {

    public TrustedIssuer {
        if (!issuer.startsWith("https://")) {
            throw new IllegalArgumentException("an issuer is an https URL: " + issuer);
        }
        if (audience.isEmpty() || claim.isEmpty()) {
            throw new IllegalArgumentException("an issuer needs an audience and a claim: " + issuer);
        }
        grants = Map.copyOf(grants);
    }
}
