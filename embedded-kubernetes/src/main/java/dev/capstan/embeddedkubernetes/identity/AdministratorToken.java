package dev.capstan.embeddedkubernetes.identity;

import dev.capstan.embeddedkubernetes.rbac.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * The one static credential, good for every virtual cluster. Only its SHA-256 is kept, and compared in constant time;
 * the token itself must be random and long (32 bytes or more), as a hash without salt asks for.
 */
public final class AdministratorToken {
    /** The user the token stands for. */
    public static final User USER = new User("admin", Set.of(User.MASTERS, Identity.AUTHENTICATED));

    private final byte[] sha256;

    /**
     * @param sha256 of the token's UTF-8 bytes, 32 bytes
     */
    public AdministratorToken(byte[] sha256) {
        if (sha256.length != 32) {
            throw new IllegalArgumentException(
                    "The hash of the administrator's token must be 32 bytes, not " + sha256.length + ".");
        }
        this.sha256 = sha256.clone();
    }

    /** Whether it is the token. */
    public boolean matches(String token) {
        return MessageDigest.isEqual(sha256, sha256(token.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
