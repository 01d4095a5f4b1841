package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Public keys out of a JSON Web Key Set (RFC 7517): RSA of 2048 bits and more for RS256, EC on P-256 for ES256. Everything else in
 * it is left out: no key of it would be used.
 */
final class JsonWebKeys {

    private static final int MOST = 100;
    private static final int LEAST_BITS = 2048;
    private static final int MOST_BITS = 8192;

    private JsonWebKeys() {}

    /** The keys by their ids. */
    static Map<String, PublicKey> of(JsonNode set) {
        Map<String, PublicKey> keys = new LinkedHashMap<>();
        for (JsonNode key : set.path("keys")) {
            String id = key.path("kid").asText();
            boolean signs = !key.path("use").asText("sig").equals("enc");
            if (!id.isEmpty() && signs && keys.size() < MOST) {
                key(key).ifPresent(one -> keys.put(id, one));
            }
        }
        return keys;
    }

    /** The algorithm of Java's for tokens with this {@code alg} and key; empty if they do not belong together. */
    static Optional<String> algorithm(String alg, PublicKey key) {
        if (alg.equals("RS256") && key instanceof RSAPublicKey) {
            return Optional.of("SHA256withRSA");
        }
        if (alg.equals("ES256") && key instanceof ECPublicKey) {
            return Optional.of("SHA256withECDSAinP1363Format");
        }
        return Optional.empty();
    }

    private static Optional<PublicKey> key(JsonNode key) {
        try {
            return switch (key.path("kty").asText()) {
                case "RSA" -> rsa(number(key, "n"), number(key, "e"));
                case "EC" ->
                    key.path("crv").asText().equals("P-256")
                            ? ec(number(key, "x"), number(key, "y"))
                            : Optional.empty();
                default -> Optional.empty();
            };
        } catch (GeneralSecurityException | IllegalArgumentException noKey) {
            return Optional.empty();
        }
    }

    private static Optional<PublicKey> rsa(BigInteger modulus, BigInteger exponent) throws GeneralSecurityException {
        return modulus.bitLength() < LEAST_BITS || modulus.bitLength() > MOST_BITS
                ? Optional.empty()
                : Optional.of(KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)));
    }

    private static Optional<PublicKey> ec(BigInteger x, BigInteger y) throws GeneralSecurityException {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        var curve = parameters.getParameterSpec(ECParameterSpec.class);
        return Optional.of(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve)));
    }

    private static BigInteger number(JsonNode key, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(name).asText()));
    }
}
