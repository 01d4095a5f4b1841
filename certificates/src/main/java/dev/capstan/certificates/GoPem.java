package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the blocks that Go's {@code encoding/pem} finds (Decode, as of Go 1.19; AKS's resource provider is a Go program),
 * called again and again on what is left.
 *
 * <p>Go looks for {@code -----BEGIN } at the very start or behind a line feed; takes the rest of the line, less blanks and
 * tabs at its end, for the label and {@code -----}; lines with a colon for headers; then looks for the next line that
 * begins with {@code -----END }, which must carry the same label and nothing more. What stands between must be padded
 * base64, blanks, tabs and line ends aside. Whatever does not fit is stepped over, and the search goes on behind the
 * BEGIN line and its headers.
 *
 * <p>Go's own needs time in the square of the length where BEGIN lines follow each other without end. Here every step
 * either goes forward or stops at the first character that is no base64, such as the dash of the next BEGIN line, and the
 * next END line is looked for only when the last one found has been passed.
 */
final class GoPem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "\n-----END ";
    private static final String DASHES = "-----";

    private final String text;
    private final List<Block> blocks = new ArrayList<>();
    /** Where the next END line is, for every position up to itself; -1 where there is none, -2 where it is not known. */
    private int end = -2;

    /**
     * A block.
     *
     * @param label what it is of, such as {@code CERTIFICATE}
     * @param bytes what its base64 decodes to
     * @param line the line of its BEGIN line, from 1; lines end in line feeds
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Block(String label, byte[] bytes, int line) {}

    private GoPem(byte[] bytes) {
        this.text = new String(bytes, ISO_8859_1);
    }

    /** The blocks in these bytes, in their order. */
    static List<Block> blocks(byte[] bytes) {
        GoPem pem = new GoPem(bytes);
        int position = 0;
        int line = 1;
        int counted = 0;
        while (position >= 0) {
            int begin = pem.begin(position);
            if (begin < 0) {
                break;
            }
            for (; counted < begin; counted++) {
                line += pem.text.charAt(counted) == '\n' ? 1 : 0;
            }
            position = pem.decode(begin, line);
        }
        return pem.blocks;
    }

    /** Where the next {@code -----BEGIN } is: here, where a piece of the text starts, or behind a line feed; -1 if nowhere. */
    private int begin(int from) {
        if (text.startsWith(BEGIN, from)) {
            return from;
        }
        int lineFeed = text.indexOf("\n" + BEGIN, from);
        return lineFeed < 0 ? -1 : lineFeed + 1;
    }

    /** Reads the block that begins here and answers where to go on; -1 if Go gives up. */
    private int decode(int begin, int line) {
        Line first = line(begin + BEGIN.length());
        if (!first.text().endsWith(DASHES)) {
            return first.next();
        }
        String label = first.text().substring(0, first.text().length() - DASHES.length());
        int body = first.next();
        boolean headers = false;
        while (true) {
            if (body >= text.length()) {
                return -1;
            }
            Line header = line(body);
            if (header.text().indexOf(':') < 0) {
                break;
            }
            headers = true;
            body = header.next();
        }
        boolean empty = !headers && text.startsWith(END.substring(1), body);
        int bodyEnd = empty ? body : endLine(body);
        if (bodyEnd < 0) {
            return body;
        }
        // The base64 first: of many BEGIN lines before one END line only the last gets past it.
        Optional<byte[]> bytes = base64(body, bodyEnd);
        String wanted = label + DASHES;
        int rest = bodyEnd + END.length() - (empty ? 1 : 0) + wanted.length();
        if (bytes.isEmpty()
                || !text.startsWith(wanted, rest - wanted.length())
                || !line(rest).text().isEmpty()) {
            return body;
        }
        blocks.add(new Block(label, bytes.get(), line));
        // Go's own words: the line that holds the character 9 behind the end of the base64 is the END line.
        return line(bodyEnd + END.length() - 1).next();
    }

    private int endLine(int from) {
        if (end == -2 || (end >= 0 && end < from)) {
            end = text.indexOf(END, from);
        }
        return end;
    }

    /** A line, less the blanks and tabs at its end, and where the next one starts (Go: getLine). */
    private record Line(String text, int next) {}

    private Line line(int start) {
        int lineFeed = text.indexOf('\n', start);
        int last = lineFeed < 0 ? text.length() : lineFeed;
        int next = lineFeed < 0 ? text.length() : lineFeed + 1;
        if (lineFeed > start && text.charAt(lineFeed - 1) == '\r') {
            last--;
        }
        while (last > start && (text.charAt(last - 1) == ' ' || text.charAt(last - 1) == '\t')) {
            last--;
        }
        return new Line(text.substring(Math.min(start, last), last), next);
    }

    private Optional<byte[]> base64(int start, int stop) {
        StringBuilder base64 = new StringBuilder();
        for (int i = start; i < stop; i++) {
            char character = text.charAt(i);
            if (Base64Text.isBase64(character)) {
                base64.append(character);
            } else if (" \t\r\n".indexOf(character) < 0) {
                return Optional.empty();
            }
        }
        return Base64Text.padded(base64.toString());
    }
}
