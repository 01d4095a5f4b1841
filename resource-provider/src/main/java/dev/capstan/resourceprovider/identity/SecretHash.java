package dev.capstan.resourceprovider.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is kept of a secret: its SHA-256. The secrets here are random and long, so that the plain hash is enough. Compared
 * in the same time whatever is given.
 */
public final class SecretHash {

    private final byte[] sha256;

    private SecretHash(byte[] sha256) {
        this.sha256 = sha256;
    }

    /** The hash of a secret. */
    public static SecretHash of(String secret) {
        try {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            return new SecretHash(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Whether this is the secret. */
    boolean isOf(String secret) {
        return MessageDigest.isEqual(sha256, of(secret).sha256);
    }

    /** 64 hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(sha256);
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "SecretHash[…]";
    }
}
