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

    private final TokenKey key;
    private final String issuer;
    private final String audience;
    private final String tenant;
    private final InstantSource clock;

    AccessTokens(TokenKey key, String issuer, String audience, String tenant, InstantSource clock) {
        this.key = key;
        this.issuer = issuer;
        this.audience = audience;
        this.tenant = tenant;
        this.clock = clock;
    }

    /** A fresh token of this principal. */
    String issue(Principal principal) {
        Instant now = clock.instant();
        ObjectNode header = Json.object().put("alg", "ES256").put("typ", "JWT").put("kid", key.id());
        ObjectNode claims = Json.object()
                .put("iss", issuer)
                .put("aud", audience)
                .put("appid", principal.clientId())
                .put("oid", principal.clientId())
                .put("sub", principal.clientId())
                .put("tid", tenant)
                .put("idtyp", "app")
                .put("ver", "1.0")
                .put("jti", UUID.randomUUID().toString())
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.plus(LIFE).getEpochSecond());
        String signed = base64(Json.text(header)) + "." + base64(Json.text(claims));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sign(signed));
    }

    /** Who a token speaks for; empty if it is none of ours, or not good now. */
    Optional<String> subject(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            if (!isSigned(parts[0] + "." + parts[1], signature)) {
                return Optional.empty();
            }
            // Only what this key signed is looked at from here on, and this key signs nothing but ES256 access tokens.
            JsonNode claims = Json.own(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
            long now = clock.instant().getEpochSecond();
            boolean good = claims.path("iss").asText().equals(issuer)
                    && claims.path("aud").asText().equals(audience)
                    && claims.path("nbf").asLong() <= now
                    && now < claims.path("exp").asLong();
            return good ? Optional.of(claims.path("sub").asText()) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private byte[] sign(String text) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key.privateKey());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("an EC key on P-256 signs", impossible);
        }
    }

    private boolean isSigned(String text, byte[] bytes) {
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
