package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What is kept of a secret: its SHA-256. The secrets here are random and long, so that the plain hash is enough. Compared
 * in the same time whatever is given.
 */
public final class SecretHash {

    /** What no secret has. */
    static final SecretHash NONE = new SecretHash(new byte[0]);

    private final byte[] sha256;

    private SecretHash(byte[] sha256) {
        this.sha256 = sha256;
    }

    /** The hash of a secret. */
    public static SecretHash of(String secret) {
        return new SecretHash(Sha256.of(secret));
    }

    /** What was kept as {@link #hex}; text of another form is of no secret. */
    static SecretHash ofHex(String hex) {
        try {
            return new SecretHash(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException notHex) {
            return NONE;
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
