package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Caller;
import dev.capstan.resourceprovider.wire.Caller.Grant;
import dev.capstan.resourceprovider.wire.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tokens of outside issuers that the configuration trusts: JSON Web Tokens signed with RS256 or ES256, and with no other algorithm.
 * A token says itself whose it is; that only picks the issuer whose keys it has to verify with. It needs an end, the configured
 * audience, and a subject. What its claim does not grant it may not do: a token without grants is known, and refused everywhere.
 */
public final class OutsideTokens {

    private static final int LONGEST = 16 * 1024;
    private static final Duration SKEW = Duration.ofSeconds(60);

    /** What becomes part of a header, a log line and an audit record. */
    private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final Map<String, Trusted> issuers = new LinkedHashMap<>();
    private final InstantSource clock;

    private record Trusted(TrustedIssuer issuer, IssuerKeys keys) {}

    /** Tokens of these issuers, and of no others. */
    public OutsideTokens(List<TrustedIssuer> trusted, InstantSource clock) {
        this.clock = clock;
        trusted.forEach(issuer -> issuers.put(issuer.issuer(), new Trusted(issuer, new IssuerKeys(issuer, clock))));
    }

    /** Who calls with this token; empty if it is none of theirs, or not good now. */
    Optional<Caller> caller(String token) {
        if (issuers.isEmpty() || token.length() > LONGEST) {
            return Optional.empty();
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            ObjectNode header = Json.object(decoded(parts[0]));
            ObjectNode claims = Json.object(decoded(parts[1]));
            Trusted trusted = issuers.get(claims.path("iss").asText());
            if (trusted == null || header.has("crit")) {
                return Optional.empty();
            }
            Optional<PublicKey> key = trusted.keys().find(header.path("kid").asText());
            boolean isGood = key.isPresent()
                    && isSigned(header.path("alg").asText(), key.get(), parts)
                    && isForUs(trusted.issuer(), claims)
                    && isNow(claims);
            return isGood ? caller(trusted.issuer(), claims) : Optional.empty();
        } catch (IllegalArgumentException noToken) {
            return Optional.empty();
        }
    }

    private static Optional<Caller> caller(TrustedIssuer issuer, JsonNode claims) {
        String subject = claims.path("sub").asText();
        if (!SUBJECT.matcher(subject).matches()) {
            return Optional.empty();
        }
        List<Grant> grants = new ArrayList<>();
        texts(claims.path(issuer.claim()))
                .forEach(value -> grants.addAll(issuer.grants().getOrDefault(value, List.of())));
        return Optional.of(new Caller(issuer.issuer() + "#" + subject, false, grants));
    }

    private static boolean isForUs(TrustedIssuer issuer, JsonNode claims) {
        return texts(claims.path("aud")).contains(issuer.audience());
    }

    private boolean isNow(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        long skew = SKEW.toSeconds();
        return claims.path("exp").isNumber()
                && now < claims.path("exp").asLong() + skew
                && claims.path("nbf").asLong(0) <= now + skew;
    }

    /** A text or a list of texts. */
    private static List<String> texts(JsonNode claim) {
        List<String> texts = new ArrayList<>();
        if (claim.isTextual()) {
            texts.add(claim.asText());
        }
        if (claim.isArray()) {
            claim.forEach(one -> {
                if (one.isTextual()) {
                    texts.add(one.asText());
                }
            });
        }
        return texts;
    }

    private static boolean isSigned(String alg, PublicKey key, String[] parts) {
        Optional<String> algorithm = JsonWebKeys.algorithm(alg, key);
        if (algorithm.isEmpty()) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(algorithm.get());
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException malformed) {
            // What has not the form of a signature is none.
            return false;
        }
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
