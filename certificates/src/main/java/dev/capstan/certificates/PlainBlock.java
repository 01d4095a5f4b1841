package dev.capstan.certificates;

import java.util.Optional;

/**
 * A block as every program writes it: BEGIN and END lines of a certificate, lines of base64 between them, each ended by a line
 * feed, and nothing else. Of such {@link PemScanner} has nothing to tell, so that they are read at once and not line by line,
 * which takes three times as long.
 *
 * @param content what its base64 decodes to
 * @param lines how many lines it takes
 * @param end where the line behind it begins
 */
@SuppressWarnings("ArrayRecordComponent")
record PlainBlock(byte[] content, int lines, int end) {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";
    private static final String END = "-----END CERTIFICATE-----";

    /**
     * The block that begins here, at the start of a line; nothing where there is none, or one that is not as all are. Looks no
     * further than to the next line that begins with a dash.
     */
    static Optional<PlainBlock> at(String text, int start) {
        if (!text.startsWith(BEGIN, start)) {
            return Optional.empty();
        }
        StringBuilder base64 = new StringBuilder(2_048);
        int lines = 2;
        for (int from = start + BEGIN.length(); from < text.length(); lines++) {
            if (text.charAt(from) == '-') {
                int end = from + END.length();
                boolean ends = text.startsWith(END, from) && (end == text.length() || text.charAt(end) == '\n');
                int behind = Math.min(end + 1, text.length());
                int size = lines;
                return ends && !base64.isEmpty()
                        ? Base64Text.padded(base64.toString()).map(content -> new PlainBlock(content, size, behind))
                        : Optional.empty();
            }
            int lineFeed = text.indexOf('\n', from);
            if (lineFeed <= from) {
                return Optional.empty();
            }
            base64.append(text, from, lineFeed);
            from = lineFeed + 1;
        }
        return Optional.empty();
    }
}
