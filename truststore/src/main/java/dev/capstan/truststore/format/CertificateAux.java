package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.DerElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What OpenSSL's TRUSTED CERTIFICATE says of the certificate in front of it (X509_CERT_AUX in crypto/x509/x_x509a.c): a
 * sequence of, each optional, the usages it is trusted for, in [0] those it is rejected for, an alias, a key identifier,
 * and other things in [1].
 *
 * @param trust the usages it is trusted for, object identifiers; empty where that is not said, and then it is for all
 * @param reject the usages it is rejected for
 */
record CertificateAux(Optional<List<byte[]>> trust, List<byte[]> reject, Optional<String> alias) {

    private static final int REJECT = 0xa0;

    /** The usages p11-kit rejects a distrusted certificate for, in its order (trust/extract-openssl.c). */
    private static final List<byte[]> ALL = List.of(
            Der.oid("1.3.6.1.5.5.7.3.1"),
            Der.oid("1.3.6.1.5.5.7.3.2"),
            Der.oid("1.3.6.1.5.5.7.3.3"),
            Der.oid("1.3.6.1.5.5.7.3.4"),
            Der.oid("1.3.6.1.5.5.7.3.5"),
            Der.oid("1.3.6.1.5.5.7.3.6"),
            Der.oid("1.3.6.1.5.5.7.3.7"),
            Der.oid("1.3.6.1.5.5.7.3.8"));

    /** As p11-kit writes it for a plain anchor. */
    static CertificateAux anchor(Label label) {
        return new CertificateAux(Optional.empty(), List.of(), label.text());
    }

    /** As p11-kit writes it for a certificate in its blocklist. */
    static CertificateAux rejected(Label label) {
        return new CertificateAux(Optional.empty(), ALL, label.text());
    }

    /**
     * What these bytes say; none at all say nothing.
     *
     * @throws IllegalArgumentException if they are not made like that
     */
    static CertificateAux parse(byte[] der) {
        Optional<List<byte[]>> trust = Optional.empty();
        List<byte[]> reject = List.of();
        Optional<String> alias = Optional.empty();
        if (der.length > 0) {
            DerElement whole = DerElement.first(der);
            if (whole.tag() != DerElement.SEQUENCE || whole.size() < der.length) {
                throw new IllegalArgumentException("what follows the certificate is not as OpenSSL writes it");
            }
            for (DerElement part : whole.children()) {
                switch (part.tag()) {
                    case DerElement.SEQUENCE -> trust = Optional.of(encoded(part));
                    case REJECT -> reject = encoded(part);
                    case Der.UTF8_STRING -> alias = Optional.of(new String(part.content(), UTF_8));
                    default -> {}
                }
            }
        }
        return new CertificateAux(trust, reject, alias);
    }

    private static List<byte[]> encoded(DerElement list) {
        return list.children().stream().map(DerElement::encoded).toList();
    }

    byte[] encode() {
        List<byte[]> parts = new ArrayList<>();
        trust.ifPresent(usages -> parts.add(Der.element(DerElement.SEQUENCE, usages)));
        if (!reject.isEmpty()) {
            parts.add(Der.element(REJECT, reject));
        }
        alias.ifPresent(text -> parts.add(Der.element(Der.UTF8_STRING, text.getBytes(UTF_8))));
        return Der.element(DerElement.SEQUENCE, parts);
    }

    /** Whether nobody shall trust the certificate for a server: it is rejected for that, or trusted for nothing. */
    boolean rejects() {
        return trust.filter(List::isEmpty).isPresent()
                || reject.stream().anyMatch(usage -> Arrays.equals(usage, Purpose.SERVER_AUTHENTICATION.oid()));
    }
}
