package dev.capstan.proof;

import dev.capstan.certificates.Identity;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;

/** What a stranger named something, made fit to be shown. */
final class Names {

    private static final int LONGEST = 400;

    private Names() {}

    /** Without control characters, cut after 400. */
    static String shown(String text) {
        return shown(text, LONGEST);
    }

    /** Without control characters, cut. */
    static String shown(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(longest).forEach(character -> {
            int kind = Character.getType(character);
            boolean hidden = kind == Character.CONTROL
                    || kind == Character.FORMAT
                    || kind == Character.SURROGATE
                    || kind == Character.LINE_SEPARATOR
                    || kind == Character.PARAGRAPH_SEPARATOR;
            if (hidden) {
                shown.append(String.format("\\u{%x}", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    static String of(X500Principal name) {
        String text = name.getName();
        return text.isEmpty() ? "(no name)" : shown(text);
    }

    static String subject(X509Certificate certificate) {
        return of(certificate.getSubjectX500Principal());
    }

    static String issuer(X509Certificate certificate) {
        return of(certificate.getIssuerX500Principal());
    }

    static Identity identity(X509Certificate certificate) {
        try {
            return Identity.ofDer(certificate.getEncoded());
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a certificate that was read has an encoding", impossible);
        }
    }
}
