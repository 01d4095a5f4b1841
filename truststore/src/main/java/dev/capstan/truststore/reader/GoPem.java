package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A PEM file as Go reads it ({@code CertPool.AppendCertsFromPEM} in crypto/x509, over {@code pem.Decode} in
 * encoding/pem, which this follows step by step). A block begins at the start of a line and nowhere else, so one behind
 * a byte order mark is not seen; what cannot be read is skipped without a word, and reading goes on behind its BEGIN
 * line.
 */
final class GoPem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private final String text;
    private final Decoder decoder;
    private final List<SeenCertificate> certificates = new ArrayList<>();
    private int at;

    /** A line without its end and trailing blanks, and where the next one begins. */
    private record Line(String text, int next) {}

    private GoPem(String text, Decoder decoder) {
        this.text = text;
        this.decoder = decoder;
    }

    static List<SeenCertificate> read(byte[] bytes, Decoder decoder) {
        GoPem pem = new GoPem(new String(bytes, ISO_8859_1), decoder);
        while (pem.findsBegin()) {
            pem.block();
        }
        return pem.certificates;
    }

    /** Goes behind the words of the next BEGIN line, if there is one. */
    private boolean findsBegin() {
        if (text.startsWith(BEGIN, at)) {
            at += BEGIN.length();
            return true;
        }
        int found = text.indexOf("\n" + BEGIN, at);
        at = found + 1 + BEGIN.length();
        return found >= 0;
    }

    /** Reads one block. If it cannot be read, the search for the next goes on behind what was read of it. */
    private void block() {
        Line begins = line(at);
        at = begins.next();
        if (!begins.text().endsWith(DASHES)) {
            return;
        }
        String label = begins.text().substring(0, begins.text().length() - DASHES.length());
        boolean headers = false;
        for (Line line = line(at); at < text.length() && line.text().indexOf(':') >= 0; line = line(at)) {
            headers = true;
            at = line.next();
        }
        boolean endsAtOnce = !headers && text.startsWith(END, at);
        int end = endsAtOnce ? at : text.indexOf("\n" + END, at) + 1;
        int trailer = end + END.length();
        if ((end == 0 && !endsAtOnce)
                || !text.startsWith(label + DASHES, trailer)
                || !line(trailer + label.length() + DASHES.length()).text().isEmpty()) {
            return;
        }
        Optional<byte[]> der = Base64Text.decode(text.substring(at, end));
        if (der.isPresent()) {
            at = line(trailer).next();
            if (label.equals("CERTIFICATE") && !headers) {
                decoder.decode(der.get()).ifPresent(certificates::add);
            }
        }
    }

    private Line line(int start) {
        int lineFeed = text.indexOf('\n', start);
        int end = lineFeed < 0 ? text.length() : lineFeed;
        int next = lineFeed < 0 ? end : end + 1;
        if (lineFeed > start && text.charAt(end - 1) == '\r') {
            end--;
        }
        while (end > start && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        return new Line(text.substring(start, end), next);
    }
}
