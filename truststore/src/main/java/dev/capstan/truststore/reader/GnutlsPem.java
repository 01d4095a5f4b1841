package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * A PEM file as GnuTLS 3 reads it (lib/x509/x509.c: {@code gnutls_x509_crt_list_import}; lib/x509_b64.c). A block begins
 * wherever the words stand, at the start of a line or not; its base64 goes up to the next dash and may have white space
 * in it. One block that cannot be read, and nothing of the file is taken.
 */
final class GnutlsPem {

    private static final String BEGIN = "-----BEGIN CERTIFICATE";
    private static final String OLD_BEGIN = "-----BEGIN X509 CERTIFICATE";
    private static final String DASHES = "-----";
    private static final String END = "-----END ";

    private GnutlsPem() {}

    /** The certificates; one that is there twice comes twice. */
    static List<SeenCertificate> read(byte[] bytes, Decoder decoder) throws BrokenBlock {
        String text = new String(bytes, ISO_8859_1);
        String words = text.contains(BEGIN) ? BEGIN : OLD_BEGIN;
        List<SeenCertificate> certificates = new ArrayList<>();
        for (int start = text.indexOf(words); start >= 0; start = text.indexOf(words, start + 1)) {
            int begin = start;
            int body = text.indexOf(DASHES, start + words.length());
            if (body < 0 || text.indexOf(END, body + DASHES.length()) < 0) {
                throw new BrokenBlock(line(text, begin), "is cut: it has no END line");
            }
            int bodyStart = body + DASHES.length();
            byte[] der = Base64Text.decode(text.substring(bodyStart, text.indexOf('-', bodyStart)))
                    .orElseThrow(() -> new BrokenBlock(line(text, begin), "is not whole base64"));
            certificates.add(decoder.decode(der)
                    .orElseThrow(() -> new BrokenBlock(line(text, begin), "is no X.509 certificate")));
        }
        return certificates;
    }

    /** The number of the line, from 1, that this character is in. */
    private static int line(String text, int at) {
        return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    }
}
