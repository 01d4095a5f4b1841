package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Locale;

/**
 * Recognises private keys, so that the entry that holds one can be left out whole. Errs on the side of seeing one: a
 * mangled BEGIN line, UTF-16 or a wrong label do not hide a key. Tells only where, never what.
 */
final class PrivateKeys {

    /** Base64 in base64 is looked into so many times. */
    private static final int MOST_LAYERS = 3;

    /** The base64 of {@code -----BEGIN PRIVATE KEY-----} takes so many characters. */
    private static final int LEAST_RUN = 36;

    private PrivateKeys() {}

    /**
     * The first line that announces a private key of any kind (PKCS#8, encrypted or not, RSA, EC, DSA, OpenSSH, PGP,
     * PuTTY), from 1; 0 if there is none.
     */
    static int line(String text) {
        // Whatever announces a key has a dash in its line.
        for (int dash = text.indexOf('-'); dash >= 0; ) {
            int start = text.lastIndexOf('\n', dash) + 1;
            int lineFeed = text.indexOf('\n', dash);
            int end = lineFeed < 0 ? text.length() : lineFeed;
            String line = text.substring(start, end);
            if (announcesKey((line.indexOf('\0') < 0 ? line : line.replace("\0", "")).toUpperCase(Locale.ROOT))) {
                return 1
                        + (int) text.substring(0, start)
                                .chars()
                                .filter(each -> each == '\n')
                                .count();
            }
            dash = text.indexOf('-', end);
        }
        return 0;
    }

    private static boolean announcesKey(String upper) {
        return (upper.contains("PRIVATE KEY") && upper.contains("--"))
                || upper.contains("PUTTY-USER-KEY-FILE")
                || upper.contains("--BEGIN PKCS12");
    }

    /** What is said of a private key: where, and nothing else. */
    static Finding finding(Place place) {
        return new Finding(
                FindingCode.PRIVATE_KEY,
                place,
                "here is a private key. The whole entry is left out, and nothing of it is copied anywhere.",
                "Put the CA certificate alone into the entry. Whoever can read the entry has seen the key: make a new"
                        + " one.");
    }

    /**
     * Whether some base64 in this text is that of a private key, as PEM or as DER, or of base64 of it: a run of it among other
     * words, as in a kubeconfig, or all of the text in lines.
     */
    static boolean isHidden(String text) {
        return text.length() >= LEAST_RUN && isHidden(text, MOST_LAYERS);
    }

    private static boolean isHidden(String text, int layers) {
        if (Base64Text.wrapped(text).filter(inner -> holdsKey(inner, layers)).isPresent()) {
            return true;
        }
        for (int start = 0; start < text.length(); ) {
            int end = start;
            while (end < text.length() && Base64Text.isBase64(text.charAt(end))) {
                end++;
            }
            if (end - start >= LEAST_RUN
                    && end - start < text.length()
                    && Base64Text.beginning(text, start, end)
                            .filter(inner -> holdsKey(inner, layers))
                            .isPresent()) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean holdsKey(byte[] inner, int layers) {
        String text = new String(inner, ISO_8859_1);
        return isAmong(inner) || line(text) > 0 || (layers > 1 && isHidden(text, layers - 1));
    }

    /** Whether one of the DER elements that these bytes begin with is a private key; what follows them may be anything. */
    static boolean isAmong(byte[] bytes) {
        try {
            for (int next = 0; next < bytes.length; ) {
                DerElement element = DerElement.at(bytes, next, bytes.length);
                if (element.tag() == DerElement.SEQUENCE && isKey(element.encoded())) {
                    return true;
                }
                next += element.size();
            }
        } catch (IllegalArgumentException end) {
            // Of what is no whole element no program reads a key.
        }
        return false;
    }

    /**
     * Whether DER has the shape of a private key or a key store rather than that of a certificate, which is a SEQUENCE of
     * a SEQUENCE, a SEQUENCE and a BIT STRING: PKCS#1, PKCS#8, SEC 1 and PKCS#12 begin with a version number, and an
     * encrypted PKCS#8 key has an OCTET STRING in second place.
     */
    static boolean isKey(byte[] der) {
        try {
            DerElement outer = DerElement.first(der);
            List<DerElement> parts = outer.tag() == DerElement.SEQUENCE ? outer.children() : List.of();
            return !parts.isEmpty()
                    && (parts.getFirst().tag() == DerElement.INTEGER
                            || (parts.size() == 2 && parts.get(1).tag() == DerElement.OCTET_STRING));
        } catch (IllegalArgumentException notDer) {
            // What is no DER can be no key that a program reads; it is refused as no certificate either.
            return false;
        }
    }
}
