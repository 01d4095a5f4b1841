package dev.capstan.resourceprovider.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A service principal: who may ask for tokens.
 *
 * @param clientId its name, a UUID
 * @param secretSha256 SHA-256 of its secret, which is random and long, so that the plain hash is enough
 */
public record Principal(String clientId, byte[] secretSha256) {

    /** The hash that secrets and tokens are compared by. */
    public static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Whether this is the secret; takes the same time whatever it is. */
    boolean hasSecret(String secret) {
        return MessageDigest.isEqual(secretSha256, sha256(secret));
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "Principal[" + clientId + "]";
    }
}
