package dev.capstan.certificates;

import dev.capstan.certificates.PemScanner.Block;
import dev.capstan.certificates.PemScanner.Broken;
import dev.capstan.certificates.PemScanner.Piece;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A PEM block that has begun and gathers what is between its boundaries. */
final class OpenBlock {

    static final String PASTE_AGAIN = "Paste the whole certificate again, from its BEGIN line to its END line.";

    private static final Set<String> HOLD_CERTIFICATES = Set.of(
            PemScanner.CERTIFICATE, "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "PKCS #7 SIGNED DATA", "CMS");

    private final String label;
    private final int line;
    private final int column;
    /** Its BEGIN line was no good and has been reported already; nothing more is said of it. */
    private final boolean reported;

    private final EnumSet<Mend> mends;
    private final StringBuilder base64 = new StringBuilder();
    private boolean inHeaders;
    private boolean blankSeen;
    private @Nullable Broken fault;

    private OpenBlock(String label, int line, int column, boolean reported, Set<Mend> mends) {
        this.label = label;
        this.line = line;
        this.column = column;
        this.reported = reported;
        this.mends = EnumSet.noneOf(Mend.class);
        this.mends.addAll(mends);
    }

    OpenBlock(String label, int line, int column, Set<Mend> mends) {
        this(label, line, column, false, mends);
    }

    /** One of which nothing more is said. */
    static OpenBlock reported(int line, int column) {
        return new OpenBlock("", line, column, true, Set.of());
    }

    boolean isReported() {
        return reported;
    }

    void blank() {
        blankSeen |= !inHeaders;
        inHeaders = false;
    }

    /** Takes a line, or a part of one, that is no boundary. */
    void body(String text, int number, int from, Set<Mend> seen) {
        if (fault != null || reported) {
            return;
        }
        mends.addAll(seen);
        if (base64.isEmpty() && text.indexOf(':') >= 0) {
            inHeaders = true;
            mends.add(Mend.PEM_HEADERS);
            return;
        }
        inHeaders = false;
        if (blankSeen) {
            mends.add(Mend.BLANK_LINE_IN_BLOCK);
        }
        if (Base64Text.isBase64(text)) {
            base64.append(text);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (Base64Text.isBase64(character)) {
                base64.append(character);
            } else if (!White.is(character)) {
                fault = new Broken(
                        "this line of the block is not base64 (letters, digits, +, / and = only)."
                                + (character == '-' || character == '_'
                                        ? " It may be the URL-safe kind, which has - and _ for + and /."
                                        : ""),
                        PASTE_AGAIN,
                        number,
                        from + i);
                return;
            }
        }
    }

    /** What the text ends in, or the next block begins before. */
    Optional<Piece> cut(String where) {
        return reported
                ? Optional.empty()
                : Optional.of(
                        new Broken("the block is cut: it has no END line" + where + ".", PASTE_AGAIN, line, column));
    }

    /** What the block is, with its END line; nothing if all has been said of it. */
    Optional<Piece> end(String endLabel, int number, Set<Mend> seen) {
        mends.addAll(seen);
        return reported ? Optional.empty() : Optional.of(whole(endLabel, number));
    }

    private Piece whole(String endLabel, int number) {
        if (!label.equals(endLabel)) {
            return broken("the block ends at line " + number + " as another kind than it begins.");
        }
        if (!mayHoldCertificates(label)) {
            return new Block(label, new byte[0], line, column, mends);
        }
        if (fault != null) {
            return fault;
        }
        if (base64.isEmpty()) {
            return broken("the block is empty.");
        }
        String text = base64.toString();
        Optional<byte[]> padded = Base64Text.padded(text);
        if (padded.isPresent()) {
            return new Block(label, padded.get(), line, column, mends);
        }
        Optional<byte[]> unpadded = text.length() % 4 == 0 ? Optional.empty() : Base64Text.unpadded(text);
        if (unpadded.isPresent() && isWhole(unpadded.get())) {
            mends.add(Mend.UNPADDED);
            return new Block(label, unpadded.get(), line, column, mends);
        }
        return broken(
                text.length() % 4 != 0
                        ? "the base64 of the block is not whole: its length is not a multiple of four characters."
                        : "the base64 of the block does not decode: '=' stands elsewhere than at its end.");
    }

    private Broken broken(String message) {
        return new Broken(message, PASTE_AGAIN, line, column);
    }

    /** Whether a program puts certificates under this label; of other blocks the content is not looked at. */
    static boolean mayHoldCertificates(String label) {
        return HOLD_CERTIFICATES.contains(label);
    }

    /** With its length DER says itself that nothing is missing, and nothing too much. */
    private static boolean isWhole(byte[] der) {
        try {
            return DerElement.first(der).size() == der.length;
        } catch (IllegalArgumentException cut) {
            return false;
        }
    }
}
