package dev.capstan.certificates;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate is known by: the SHA-256 of its DER encoding, as 64 lower-case hexadecimal digits. Two
 * certificates with the same identity are the same certificate, whatever file, key or wrapping they came in.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Identity(String hex) implements Comparable<Identity> {

    public Identity {
        if (!isSha256(hex)) {
            throw new IllegalArgumentException(
                    "a certificate's identity is 64 lower-case hexadecimal digits, not '" + hex + "'");
        }
    }

    /** The identity of the certificate with this DER encoding. */
    public static Identity ofDer(byte[] der) {
        return new Identity(HexFormat.of().formatHex(sha256().digest(der)));
    }

    @Override
    public int compareTo(Identity other) {
        return hex.compareTo(other.hex);
    }

    /**
     * Written out, as {@link #hashCode} is: Java puts a record's own together when it is first asked, which takes a tenth of a
     * command that does nothing but find a trust store right.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity identity && hex.equals(identity.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    @Override
    public String toString() {
        return hex;
    }

    static boolean isSha256(String text) {
        for (var at = 0; at < text.length(); at++) {
            var digit = text.charAt(at);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                return false;
            }
        }
        return text.length() == 64;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
