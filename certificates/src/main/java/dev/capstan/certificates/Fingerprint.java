package dev.capstan.certificates;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * What a certificate set is known by: {@code v1:} and the SHA-256 over its sorted identities (the raw 32 bytes of each,
 * one after the other). Order, white space, key names and repetition of the input do not change it.
 *
 * @param value {@code v1:} and 64 lower-case hexadecimal digits
 */
public record Fingerprint(String value) {

    private static final String VERSION = "v1:";
    private static final byte[] DISTRUSTED = "distrusted".getBytes(StandardCharsets.US_ASCII);

    /** The fingerprint of the set with no certificate in it. */
    public static final Fingerprint EMPTY = of(List.of());

    public Fingerprint {
        if (!value.startsWith(VERSION) || !Identity.isSha256(value.substring(VERSION.length()))) {
            throw new IllegalArgumentException(
                    "a fingerprint is 'v1:' and 64 lower-case hexadecimal digits, not '" + value + "'");
        }
    }

    /**
     * Reads a fingerprint as written by {@link #toString()}.
     *
     * @throws IllegalArgumentException if the text is not one
     */
    public static Fingerprint parse(String text) {
        return new Fingerprint(text);
    }

    /** The fingerprint of these identities; repeated ones count once. */
    public static Fingerprint of(Collection<Identity> identities) {
        return of(identities, List.of());
    }

    /**
     * The fingerprint of these identities beside others that nobody shall trust. Where nothing is distrusted it is that
     * of the identities alone; else the word {@code distrusted}, in ASCII, and the sorted distrusted identities follow
     * them.
     */
    public static Fingerprint of(Collection<Identity> identities, Collection<Identity> distrusted) {
        MessageDigest digest = Identity.sha256();
        update(digest, identities);
        if (!distrusted.isEmpty()) {
            digest.update(DISTRUSTED);
            update(digest, distrusted);
        }
        return new Fingerprint(VERSION + HexFormat.of().formatHex(digest.digest()));
    }

    private static void update(MessageDigest digest, Collection<Identity> identities) {
        for (Identity identity : new TreeSet<>(identities)) {
            digest.update(HexFormat.of().parseHex(identity.hex()));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
