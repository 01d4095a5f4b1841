package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.DerElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A PEM file as OpenSSL 1.1 and 3 read it (crypto/pem/pem_lib.c: {@code get_name}, {@code get_header_and_data}).
 * Lines before a block count for nothing, and so does white space at the end of a line, and a byte order mark where the
 * search for a block begins; within a block every line must be base64, up to the END line of the same label. A block with header lines is
 * taken for an encrypted one. The first block that breaks a rule is an error for all callers, of whatever label it is.
 */
final class OpensslPem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String TAIL = "-----";
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    /** The labels it reads certificates under ({@code PEM_STRING_X509} and kin in openssl/pem.h). */
    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE");

    private final List<SeenCertificate> certificates = new ArrayList<>();
    private final Decoder decoder;
    private final List<String> lines;
    private Optional<BrokenBlock> broken = Optional.empty();

    private OpensslPem(byte[] bytes, Decoder decoder) {
        this.decoder = decoder;
        String text = new String(bytes, ISO_8859_1);
        // At line feeds alone: a carriage return by itself ends no line for OpenSSL.
        this.lines = List.of(text.split("\n", -1));
    }

    static OpensslPem read(byte[] bytes, Decoder decoder) {
        OpensslPem pem = new OpensslPem(bytes, decoder);
        try {
            for (int search = 0, line = 0; line < pem.lines.size(); line++) {
                String begins = pem.stripped(line);
                if (line == search && begins.startsWith(BYTE_ORDER_MARK)) {
                    begins = begins.substring(BYTE_ORDER_MARK.length());
                }
                if (begins.startsWith(BEGIN)
                        && begins.endsWith(TAIL)
                        && begins.length() >= BEGIN.length() + TAIL.length()) {
                    line = pem.block(begins.substring(BEGIN.length(), begins.length() - TAIL.length()), line);
                    search = line + 1;
                }
            }
        } catch (BrokenBlock first) {
            pem.broken = Optional.of(first);
        }
        return pem;
    }

    /** The certificates up to the first block that is broken. */
    List<SeenCertificate> certificates() {
        return certificates;
    }

    /** The first block that is broken, where OpenSSL stops. */
    Optional<BrokenBlock> broken() {
        return broken;
    }

    private String stripped(int line) {
        String text = lines.get(line);
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) <= ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    /** Reads one block and returns the number of its END line. */
    private int block(String label, int begin) throws BrokenBlock {
        StringBuilder header = new StringBuilder();
        StringBuilder base64 = new StringBuilder();
        boolean afterHeader = false;
        boolean shortLine = false;
        for (int number = begin + 1; number < lines.size(); number++) {
            String line = stripped(number);
            if (line.isEmpty()) {
                if (afterHeader) {
                    throw new BrokenBlock(begin + 1, "has blank lines inside");
                }
                afterHeader = true;
                header.append(base64);
                base64.setLength(0);
                continue;
            }
            if (line.startsWith(END)) {
                if (!line.equals(END + label + TAIL)) {
                    throw new BrokenBlock(begin + 1, "ends at line " + (number + 1) + " as another kind");
                }
                if (!header.isEmpty()) {
                    throw new BrokenBlock(begin + 1, "has header lines or a blank line inside");
                }
                take(label, base64.toString(), begin);
                return number;
            }
            if (shortLine || (afterHeader && line.length() > 64)) {
                throw new BrokenBlock(begin + 1, "has lines of uneven length after a blank line");
            }
            shortLine = afterHeader && line.length() < 64;
            base64.append(line).append('\n');
        }
        throw new BrokenBlock(begin + 1, "is cut: it has no END line");
    }

    private void take(String label, String base64, int begin) throws BrokenBlock {
        byte[] der = Base64Text.decode(base64).orElseThrow(() -> new BrokenBlock(begin + 1, "is not whole base64"));
        if (!CERTIFICATES.contains(label)) {
            return;
        }
        try {
            // What follows the certificate in a TRUSTED CERTIFICATE are OpenSSL's own settings.
            byte[] certificate =
                    label.startsWith("TRUSTED") ? DerElement.first(der).encoded() : der;
            certificates.add(decoder.decode(certificate)
                    .orElseThrow(() -> new BrokenBlock(begin + 1, "is no X.509 certificate")));
        } catch (IllegalArgumentException notDer) {
            throw new BrokenBlock(begin + 1, "is no X.509 certificate");
        }
    }
}
