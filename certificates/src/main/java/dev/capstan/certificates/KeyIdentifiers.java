package dev.capstan.certificates;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate calls its own key, and that of the CA that issued it (RFC 5280, 4.2.1.2 and 4.2.1.1).
 *
 * @param own the subject key identifier; absent where it has none
 * @param issuer the authority key identifier's key identifier; absent where it has none
 */
record KeyIdentifiers(@Nullable Bytes own, @Nullable Bytes issuer) {

    /** 2.5.29.14, and 2.5.29.35, in DER. */
    private static final byte[] OWN = {0x55, 0x1d, 14};

    private static final byte[] ISSUER = {0x55, 0x1d, 35};
    private static final int EXTENSIONS = 0xa3;
    private static final int KEY_IDENTIFIER = 0x80;

    static KeyIdentifiers of(Certificate certificate) {
        Bytes own = null;
        Bytes issuer = null;
        for (DerElement extension : extensions(certificate)) {
            List<DerElement> parts = extension.children();
            DerElement kind = parts.getFirst();
            if (kind.holds(OWN)) {
                own = identifier(parts.getLast().content(), false);
            } else if (kind.holds(ISSUER)) {
                issuer = identifier(parts.getLast().content(), true);
            }
        }
        return new KeyIdentifiers(own, issuer);
    }

    private static List<DerElement> extensions(Certificate certificate) {
        for (DerElement field : certificate.fields()) {
            if (field.tag() == EXTENSIONS) {
                return field.children().getFirst().children();
            }
        }
        return List.of();
    }

    private static @Nullable Bytes identifier(byte[] value, boolean nested) {
        try {
            DerElement outer = DerElement.first(value);
            if (!nested) {
                return Bytes.of(outer.content());
            }
            for (DerElement part : outer.children()) {
                if (part.tag() == KEY_IDENTIFIER) {
                    return Bytes.of(part.content());
                }
            }
        } catch (IllegalArgumentException malformed) {
            // What cannot be read identifies nothing.
        }
        return null;
    }

    /** Whether this one's issuer has another key than the other, by what both say. */
    boolean contradict(KeyIdentifiers candidate) {
        return issuer != null && candidate.own != null && !issuer.equals(candidate.own);
    }
}
