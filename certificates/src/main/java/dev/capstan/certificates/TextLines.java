package dev.capstan.certificates;

import java.util.EnumSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text, without the white space before and after them. Lines end in LF, CRLF or CR, and on a line with a PEM
 * boundary also in the two characters {@code \n}, as JSON and environment variables have them. Lines are counted as an editor
 * does, so that the two characters end none that is counted.
 */
final class TextLines {

    private final String text;
    private final Consumer<Line> lines;
    private final Blanks blanks;
    private final Blocks blocks;
    private int number;

    /**
     * A line with something on it.
     *
     * @param text what is on it
     * @param number its number, from 1
     * @param column where in the line the text begins, from 1
     * @param mends what was done to it
     */
    record Line(String text, int number, int column, EnumSet<Mend> mends) {}

    /** Takes a line with nothing on it but perhaps white space. */
    interface Blanks {
        void blank(int number, boolean holdsSpace);
    }

    /** Takes a whole block, or answers that it wants its lines. */
    interface Blocks {
        boolean take(PlainBlock block, int number);
    }

    private TextLines(String text, Consumer<Line> lines, Blanks blanks, Blocks blocks) {
        this.text = text;
        this.lines = lines;
        this.blanks = blanks;
        this.blocks = blocks;
    }

    /** Gives away the lines one by one, but those of plain blocks, which are given whole. */
    static void of(String text, Consumer<Line> lines, Blanks blanks, Blocks blocks) {
        new TextLines(text, lines, blanks, blocks).run();
    }

    private void run() {
        int length = text.length();
        int lineFeed = -1;
        int carriageReturn = -1;
        for (int start = 0; start < length; ) {
            PlainBlock block =
                    text.charAt(start) == '-' ? PlainBlock.at(text, start).orElse(null) : null;
            if (block != null && blocks.take(block, number + 1)) {
                number += block.lines();
                start = block.end();
                continue;
            }
            lineFeed = lineFeed < start ? next('\n', start) : lineFeed;
            carriageReturn = carriageReturn < start ? next('\r', start) : carriageReturn;
            int end = Math.min(lineFeed, carriageReturn);
            boolean both = carriageReturn + 1 == lineFeed && lineFeed < length;
            Mend lineEnd = both ? Mend.CRLF : carriageReturn < lineFeed ? Mend.CR_LINE_ENDS : null;
            number++;
            line(text.substring(start, end), lineEnd);
            start = end + (both ? 2 : 1);
        }
    }

    /** Where the next such character is; the text's length where there is none. */
    private int next(char character, int from) {
        int next = text.indexOf(character, from);
        return next < 0 ? text.length() : next;
    }

    private void line(String line, @Nullable Mend lineEnd) {
        if (!line.contains("-----") || !line.contains("\\n")) {
            stripped(line, 0, line.length(), lineEnd);
            return;
        }
        for (int from = 0; from <= line.length(); ) {
            int next = line.indexOf("\\n", from);
            int last = next < 0 ? line.length() : next;
            int to = next - from >= 2 && line.startsWith("\\r", next - 2) ? next - 2 : last;
            stripped(line, from, to, Mend.LINE_BREAKS_LOST);
            from = last + 2;
        }
    }

    private void stripped(String line, int start, int end, @Nullable Mend lineEnd) {
        int from = start;
        int to = end;
        boolean marked = false;
        while (from < end && White.is(line.charAt(from))) {
            marked |= line.charAt(from++) == White.BYTE_ORDER_MARK;
        }
        while (to > from && White.is(line.charAt(to - 1))) {
            to--;
        }
        if (from == to) {
            blanks.blank(number, end > start && !marked);
            return;
        }
        EnumSet<Mend> mends = EnumSet.noneOf(Mend.class);
        if (marked) {
            mends.add(Mend.BYTE_ORDER_MARK);
        }
        if (from > start + (marked ? 1 : 0)) {
            mends.add(Mend.INDENTED);
        }
        if (to < end) {
            mends.add(Mend.TRAILING_SPACE);
        }
        if (lineEnd != null) {
            mends.add(lineEnd);
        }
        lines.accept(new Line(line.substring(from, to), number, from + 1, mends));
    }
}
