package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the PEM blocks of a text, also where their form is not what every program reads but leaves no doubt: indented, with
 * any kind of line end or none, with blank lines or headers, without padding, behind a byte order mark. What of that a block
 * had is told with it.
 *
 * <p>Two things leave no doubt: an exact boundary, {@code -----BEGIN } or {@code -----END }, a label and {@code -----}, and
 * nothing but base64 between two of them. A line that was plainly meant as a boundary and is none (too few dashes, lower
 * case, words behind it) is reported and never repaired. What follows a broken block is read as if it had not been there.
 * Lines that begin with {@code #} are comments. Every character is looked at a fixed number of times.
 */
final class PemScanner {

    /** What was found, in the order of the text. */
    sealed interface Piece {
        /** Where it starts: the line, from 1. */
        int line();

        /** Where it starts in its line, from 1. */
        int column();
    }

    /** A whole block. */
    @SuppressWarnings("ArrayRecordComponent")
    record Block(String label, byte[] content, int line, int column, EnumSet<Mend> mends) implements Piece {}

    /** Something that is no block, but was meant to be one. */
    record Broken(String message, String fix, int line, int column) implements Piece {}

    /**
     * Lines outside of blocks, up to a blank line.
     *
     * @param alone whether no block touches them
     */
    record Words(String text, int line, int column, boolean alone) implements Piece {

        /** Whether a person wrote them for persons. */
        boolean comment() {
            return text.startsWith("#") && text.lines().allMatch(each -> each.startsWith("#"));
        }
    }

    /**
     * What is in a text.
     *
     * @param pieces the pieces
     * @param asides where what is of no weight to a block was first seen
     * @param separated how many pieces blank lines make of it
     */
    record Scan(List<Piece> pieces, Map<Mend, Integer> asides, int separated) {

        /** Whether anything in it was meant as PEM. */
        boolean hasBoundaries() {
            return pieces.stream().anyMatch(piece -> !(piece instanceof Words));
        }
    }

    static final String CERTIFICATE = "CERTIFICATE";

    private final List<Piece> pieces = new ArrayList<>();
    private final Map<Mend, Integer> asides = new EnumMap<>(Mend.class);
    private @Nullable OpenBlock open;

    /** The words that are being gathered, and where they began. */
    private final StringBuilder words = new StringBuilder();

    private int wordsLine;
    private int wordsColumn;
    /** Blocks, whole or not, that began since the last blank line outside of blocks. */
    private int touched;

    private int separated;
    private boolean inPiece;

    private PemScanner() {}

    /** The pieces of this text. */
    static Scan scan(String text) {
        PemScanner scanner = new PemScanner();
        TextLines.of(text, scanner::line, scanner::blank, scanner::plain);
        scanner.cut("");
        scanner.endOfWords();
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n' && text.charAt(text.length() - 1) != '\r') {
            scanner.asides.putIfAbsent(Mend.NO_FINAL_LINE_END, 0);
        }
        return new Scan(scanner.pieces, scanner.asides, scanner.separated);
    }

    private void blank(int number, boolean holdsSpace) {
        if (holdsSpace) {
            asides.putIfAbsent(Mend.SPACE_ON_BLANK_LINE, number);
        }
        inPiece = false;
        OpenBlock block = open;
        if (block != null) {
            block.blank();
        } else {
            endOfWords();
            touched = 0;
        }
    }

    /** Takes a block that has nothing to be told of; inside another one it is no block. */
    private boolean plain(PlainBlock block, int number) {
        if (open != null) {
            return false;
        }
        beginPiece();
        begin(CERTIFICATE, number, 1, EnumSet.noneOf(Mend.class));
        open = null;
        pieces.add(new Block(CERTIFICATE, block.content(), number, 1, EnumSet.noneOf(Mend.class)));
        return true;
    }

    private void beginPiece() {
        if (!inPiece) {
            separated++;
            inPiece = true;
        }
    }

    private void line(TextLines.Line line) {
        beginPiece();
        if (line.text().startsWith("#") && open == null) {
            words(line);
            return;
        }
        OpenBlock block = open;
        if (block != null && line.text().indexOf('-') < 0) {
            block.body(line.text(), line.number(), line.column(), line.mends());
            return;
        }
        List<Boundaries.Part> parts = Boundaries.parts(line.text(), open != null);
        for (Boundaries.Part part : parts) {
            int column = line.column() + part.index();
            EnumSet<Mend> mends = line.mends();
            if (parts.size() > 1) {
                mends = EnumSet.copyOf(mends);
                mends.add(Mend.LINE_BREAKS_LOST);
            }
            switch (part) {
                case Boundaries.Begin begin -> begin(begin.label(), line.number(), column, mends);
                case Boundaries.End end -> end(end.label(), line.number(), column, mends);
                case Boundaries.GoneWrong wrong -> goneWrong(wrong, line.number(), column);
                case Boundaries.Other other when open != null -> open.body(other.text(), line.number(), column, mends);
                case Boundaries.Other other -> words(line);
            }
        }
    }

    private void words(TextLines.Line line) {
        if (words.isEmpty()) {
            wordsLine = line.number();
            wordsColumn = line.column();
        }
        words.append(line.text()).append('\n');
    }

    private void endOfWords() {
        if (!words.isEmpty()) {
            boolean alone = touched == 0;
            Words piece = new Words(words.toString(), wordsLine, wordsColumn, alone);
            pieces.add(piece);
            if (!alone || piece.comment()) {
                asides.putIfAbsent(Mend.TEXT_AROUND, wordsLine);
            }
            words.setLength(0);
        }
    }

    private void begin(String label, int line, int column, EnumSet<Mend> mends) {
        cut(" before line " + line + ", where the next block begins");
        if (touched++ == 1) {
            asides.putIfAbsent(Mend.NO_BLANK_LINE, line);
        }
        endOfWords();
        open = new OpenBlock(label, line, column, mends);
    }

    private void end(String label, int line, int column, EnumSet<Mend> mends) {
        OpenBlock block = open;
        open = null;
        if (block == null) {
            touched++;
            endOfWords();
            pieces.add(new Broken("this END line has no BEGIN line before it.", OpenBlock.PASTE_AGAIN, line, column));
        } else {
            block.end(label, line, mends).ifPresent(pieces::add);
        }
    }

    private void goneWrong(Boundaries.GoneWrong wrong, int line, int column) {
        if (wrong.begins()) {
            cut(" before line " + line + ", where the next block begins");
        }
        touched++;
        endOfWords();
        if (open == null || !open.isReported()) {
            pieces.add(new Broken(wrong.message(), wrong.fix(), line, column));
        }
        open = wrong.begins() && !wrong.ends() ? OpenBlock.reported(line, column) : null;
    }

    private void cut(String where) {
        OpenBlock block = open;
        open = null;
        Optional.ofNullable(block).flatMap(cut -> cut.cut(where)).ifPresent(pieces::add);
    }
}
