package dev.capstan.certificates;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the PEM blocks of a text, line by line, as RFC 7468 has them: BEGIN and END lines start in the first column and
 * have nothing else on them; lines end in LF or CRLF; white space at the end of a line and within base64 counts for
 * nothing (the RFC's lax form, which OpenSSL and Go read too); any text may stand around blocks, none inside.
 *
 * <p>A line that was plainly meant as a BEGIN or END line but is none (indented, a byte order mark before it, too few
 * dashes, more on the line) is reported, never repaired and never taken for text. What follows a broken block is read
 * as if it had not been there. Every line is looked at a fixed number of times.
 */
final class PemScanner {

    /** What was found, in the order of the text. */
    sealed interface Piece {
        /** Where it starts, from 1. */
        int line();
    }

    /** A whole block; {@code der} is empty unless the label is {@code CERTIFICATE}. */
    static final class Block implements Piece {

        private final String label;
        private final byte[] der;
        private final int line;

        private Block(String label, byte[] der, int line) {
            this.label = label;
            this.der = der;
            this.line = line;
        }

        String label() {
            return label;
        }

        byte[] der() {
            return der;
        }

        @Override
        public int line() {
            return line;
        }
    }

    /** Something that is no block, but was meant to be one. */
    record Broken(String message, String fix, int line) implements Piece {}

    static final String CERTIFICATE = "CERTIFICATE";

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String PASTE_AGAIN = "Paste the whole certificate again, from its BEGIN line to its END line.";

    private final List<Piece> pieces = new ArrayList<>();
    private @Nullable OpenBlock open;

    private PemScanner() {}

    /** The pieces of this text, in which every char is one byte (ISO 8859-1). */
    static List<Piece> scan(String text) {
        PemScanner scanner = new PemScanner();
        int number = 0;
        for (int start = 0; start < text.length(); ) {
            int lineFeed = text.indexOf('\n', start);
            int end = lineFeed < 0 ? text.length() : lineFeed;
            scanner.line(withoutTrailingSpace(text, start, end), ++number);
            start = end + 1;
        }
        scanner.endOfText();
        return scanner.pieces;
    }

    /** A block that has begun. {@code reported}: its BEGIN line was no good and has been reported already. */
    private static final class OpenBlock {
        final String label;
        final int line;
        final boolean reported;
        final ByteArrayOutputStream base64 = new ByteArrayOutputStream();

        @Nullable
        Broken fault;

        OpenBlock(String label, int line, boolean reported) {
            this.label = label;
            this.line = line;
            this.reported = reported;
        }
    }

    private void line(String line, int number) {
        String begins = label(line, BEGIN);
        String ends = label(line, END);
        if (begins != null) {
            cut(" before line " + number + ", where the next block begins");
            open = new OpenBlock(begins, number, false);
        } else if (ends != null) {
            end(ends, number);
        } else if (line.contains("--") && looksLikeBoundary(line)) {
            boundaryGoneWrong(line, number);
        } else if (open != null) {
            body(open, line, number);
        }
    }

    /** The label of a well-formed BEGIN or END line; null if this line is none. */
    private static @Nullable String label(String line, String start) {
        if (!line.startsWith(start)
                || !line.endsWith(DASHES)
                || line.length() <= start.length() + DASHES.length()
                || line.indexOf('\r') >= 0) {
            return null;
        }
        String label = line.substring(start.length(), line.length() - DASHES.length());
        return label.contains("--") || label.startsWith(" ") || label.startsWith("-") || label.endsWith(" ")
                ? null
                : label;
    }

    private static boolean looksLikeBoundary(String line) {
        String upper = line.toUpperCase(Locale.ROOT);
        return looksLike(upper, "BEGIN") || looksLike(upper, "END");
    }

    private static boolean looksLike(String upper, String word) {
        return upper.contains("-" + word + " ")
                || upper.contains("- " + word + " ")
                || upper.contains(word + " CERTIFICATE-")
                || upper.contains(word + "CERTIFICATE-");
    }

    private void boundaryGoneWrong(String line, int number) {
        String upper = line.toUpperCase(Locale.ROOT);
        boolean begins = looksLike(upper, "BEGIN");
        boolean ends = looksLike(upper, "END");
        boolean runTogether = open != null && begins && ends && upper.indexOf("END ") < upper.indexOf("BEGIN ");
        if (runTogether) {
            pieces.add(new Broken(
                    "the END line of one block and the BEGIN line of the next stand on one line.",
                    "Put a line break between them.",
                    number));
        } else {
            if (begins) {
                cut(" before line " + number + ", where the next block begins");
            }
            if (open == null || !open.reported) {
                pieces.add(reason(line, begins ? "BEGIN" : "END", begins && ends, number));
            }
        }
        open = runTogether || (begins && !ends) ? new OpenBlock("", number, true) : null;
    }

    private static Broken reason(String line, String which, boolean both, int number) {
        if (line.startsWith("\u00ef\u00bb\u00bf")) {
            return new Broken(
                    "a byte order mark (three invisible bytes that some editors put at the start of a file) stands"
                            + " before the " + which + " line, and most programs do not read the block then.",
                    "Save the file as UTF-8 without a byte order mark.",
                    number);
        }
        if (line.contains("\\n")) {
            return new Broken(
                    "the line breaks are written as the two characters \\n.",
                    "Write real line breaks: the BEGIN line, the base64 and the END line each on lines of their own.",
                    number);
        }
        if (line.indexOf('\r') >= 0) {
            return new Broken(
                    "the lines end in a carriage return alone, so that programs see one long line.",
                    "Convert the file to line ends LF or CRLF, for example with: tr '\\r' '\\n'",
                    number);
        }
        if (both) {
            return new Broken(
                    "BEGIN and END stand on one line; the line breaks of the block are missing.",
                    "Write the BEGIN line, the base64 and the END line each on lines of their own.",
                    number);
        }
        if (line.startsWith(" ") || line.startsWith("\t")) {
            return new Broken(
                    "the " + which + " line is indented, and most programs do not read the block then.",
                    "Remove the white space before -----" + which + ".",
                    number);
        }
        return new Broken(
                "the " + which + " line is not exactly -----" + which + " CERTIFICATE-----.",
                "Write five dashes before and after, one space between the words, capital letters, and nothing else"
                        + " on the line.",
                number);
    }

    private void end(String label, int number) {
        OpenBlock block = open;
        open = null;
        if (block == null) {
            pieces.add(new Broken("this END line has no BEGIN line before it.", PASTE_AGAIN, number));
        } else if (!block.reported) {
            pieces.add(whole(block, label, number));
        }
    }

    private static Piece whole(OpenBlock block, String endLabel, int number) {
        if (!block.label.equals(endLabel)) {
            return new Broken(
                    "the block ends at line " + number + " as another kind than it begins.", PASTE_AGAIN, block.line);
        }
        if (!block.label.equals(CERTIFICATE)) {
            return new Block(block.label, new byte[0], block.line);
        }
        if (block.fault != null) {
            return block.fault;
        }
        if (block.base64.size() == 0) {
            return new Broken("the block is empty.", PASTE_AGAIN, block.line);
        }
        if (block.base64.size() % 4 != 0) {
            return new Broken(
                    "the base64 of the block is not whole: its length is not a multiple of four characters.",
                    PASTE_AGAIN,
                    block.line);
        }
        try {
            return new Block(block.label, Base64.getDecoder().decode(block.base64.toByteArray()), block.line);
        } catch (IllegalArgumentException padding) {
            // The alphabet was checked line by line, so that only the place of '=' can be at fault; the exception's
            // own text could repeat input.
            return new Broken(
                    "the base64 of the block does not decode: '=' stands elsewhere than at its end.",
                    PASTE_AGAIN,
                    block.line);
        }
    }

    private static void body(OpenBlock block, String line, int number) {
        if (block.fault != null || block.reported || !block.label.equals(CERTIFICATE)) {
            return;
        }
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            if (character == ':') {
                block.fault = new Broken(
                        "the block has a header line (\"Name: value\") inside, which a certificate may not have"
                                + " (RFC 7468).",
                        "Remove the header lines between BEGIN and the base64.",
                        number);
                return;
            }
            if (isBase64(character)) {
                block.base64.write(character);
            } else if (character != ' ' && character != '\t') {
                block.fault = new Broken(
                        "this line of the block is not base64 (letters, digits, +, / and = only).",
                        PASTE_AGAIN,
                        number);
                return;
            }
        }
    }

    private void cut(String where) {
        if (open != null && !open.reported) {
            pieces.add(new Broken("the block is cut: it has no END line" + where + ".", PASTE_AGAIN, open.line));
        }
        open = null;
    }

    private void endOfText() {
        cut("");
    }

    private static String withoutTrailingSpace(String text, int start, int end) {
        int last = end;
        while (last > start && " \t\r".indexOf(text.charAt(last - 1)) >= 0) {
            last--;
        }
        return text.substring(start, last);
    }

    static boolean isBase64(char character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '+'
                || character == '/'
                || character == '=';
    }
}
