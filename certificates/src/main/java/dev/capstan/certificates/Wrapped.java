package dev.capstan.certificates;

import java.util.Optional;

/** Base64 around something that holds certificates. */
final class Wrapped {

    private Wrapped() {}

    /**
     * What this text is the base64 of, where that can be nothing but PEM text, DER, or base64 of such again.
     *
     * @param layers so many layers of base64 are looked through
     */
    static Optional<byte[]> content(String text, int layers) {
        // No certificate is shorter than the base64 of 100 bytes.
        if (layers == 0 || text.length() < 100) {
            return Optional.empty();
        }
        return Base64Text.wrapped(text).filter(inner -> holdsCertificates(inner, layers));
    }

    private static boolean holdsCertificates(byte[] inner, int layers) {
        if (Der.beginsWith(inner)) {
            return !Der.elements(inner).isEmpty();
        }
        String text = PlainText.of(inner).text();
        return text.contains("-----BEGIN ") || content(text, layers - 1).isPresent();
    }
}
