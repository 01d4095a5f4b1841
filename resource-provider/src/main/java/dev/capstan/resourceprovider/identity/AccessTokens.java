package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** Access tokens: JSON Web Tokens (RFC 7519) with claims as Azure's version 1.0 tokens have them, signed with ES256. */
final class AccessTokens {

    /** How long a token is good. Azure's clients ask for another one by themselves. */
    static final Duration LIFE = Duration.ofHours(1);

    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
    private static final int LONGEST = 4096;

    /** Claim of our own: which secret opened it. */
    private static final String CREDENTIAL = "capstan_credential";

    private final TokenKeys keys;
    private final String issuer;
    private final String audience;
    private final String tenant;
    private final InstantSource clock;
    private final CheckedTokens checked = new CheckedTokens();

    AccessTokens(TokenKeys keys, String issuer, String audience, String tenant, InstantSource clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.audience = audience;
        this.tenant = tenant;
        this.clock = clock;
    }

    /**
     * Whom a token speaks for.
     *
     * @param clientId the principal
     * @param credential the secret that she logged in with, by its name
     */
    record Subject(String clientId, String credential) {}

    /** A fresh token. */
    String issue(Subject subject) {
        Instant now = clock.instant();
        TokenKey key = keys.signing();
        ObjectNode header = Json.object().put("alg", "ES256").put("typ", "JWT").put("kid", key.id());
        ObjectNode claims = Json.object()
                .put("iss", issuer)
                .put("aud", audience)
                .put("appid", subject.clientId())
                .put("oid", subject.clientId())
                .put("sub", subject.clientId())
                .put("tid", tenant)
                .put(CREDENTIAL, subject.credential())
                .put("idtyp", "app")
                .put("ver", "1.0")
                .put("jti", UUID.randomUUID().toString())
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.plus(LIFE).getEpochSecond());
        String signed = base64(Json.text(header)) + "." + base64(Json.text(claims));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sign(key, signed));
    }

    /** Who a token speaks for; empty if it is none of ours, or not good now. */
    Optional<Subject> subject(String token) {
        Optional<CheckedTokens.Claims> known = token.length() > LONGEST ? Optional.empty() : checked.find(token);
        Optional<CheckedTokens.Claims> signed = known.or(() -> signed(token));
        if (signed.isEmpty()) {
            return Optional.empty();
        }
        CheckedTokens.Claims claims = signed.get();
        long now = clock.instant().getEpochSecond();
        boolean isOver = now >= claims.expires()
                || (known.isPresent() && keys.verifying(claims.key()).isEmpty());
        if (isOver) {
            checked.forget(token);
            return Optional.empty();
        }
        if (known.isEmpty()) {
            checked.remember(token, claims);
        }
        return claims.notBefore() <= now ? Optional.of(claims.subject()) : Optional.empty();
    }

    /** What a token of ours says; empty if it is none. */
    private Optional<CheckedTokens.Claims> signed(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            // The header is anybody's; all that is taken from it is which of our keys to try.
            Optional<TokenKey> key =
                    keys.verifying(Json.object(decoded(parts[0])).path("kid").asText());
            if (key.isEmpty() || !isSigned(key.get(), parts[0] + "." + parts[1], signature)) {
                return Optional.empty();
            }
            // Only what this key signed is looked at from here on, and this key signs nothing but ES256 access tokens.
            JsonNode claims = Json.object(decoded(parts[1]));
            boolean isOurs = claims.path("iss").asText().equals(issuer)
                    && claims.path("aud").asText().equals(audience);
            return isOurs
                    ? Optional.of(new CheckedTokens.Claims(
                            new Subject(
                                    claims.path("sub").asText(),
                                    claims.path(CREDENTIAL).asText()),
                            key.get().id(),
                            claims.path("nbf").asLong(),
                            claims.path("exp").asLong()))
                    : Optional.empty();
        } catch (IllegalArgumentException noToken) {
            return Optional.empty();
        }
    }

    private static byte[] sign(TokenKey key, String text) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key.privateKey());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("an EC key on P-256 signs", impossible);
        }
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }

    private static boolean isSigned(TokenKey key, String text, byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key.publicKey());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.verify(bytes);
        } catch (GeneralSecurityException malformed) {
            // What has not the form of a signature is none.
            return false;
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
