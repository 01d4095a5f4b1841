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

    private TextLines(String text, Consumer<Line> lines, Blanks blanks) {
        this.text = text;
        this.lines = lines;
        this.blanks = blanks;
    }

    /** Gives away the lines one by one. */
    static void of(String text, Consumer<Line> lines, Blanks blanks) {
        new TextLines(text, lines, blanks).run();
    }

    private void run() {
        int length = text.length();
        for (int start = 0; start < length; ) {
            int end = start;
            while (end < length && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
                end++;
            }
            boolean carriageReturn = end < length && text.charAt(end) == '\r';
            boolean both = carriageReturn && end + 1 < length && text.charAt(end + 1) == '\n';
            number++;
            line(text.substring(start, end), carriageReturn && !both ? Mend.CR_LINE_ENDS : both ? Mend.CRLF : null);
            start = end + (both ? 2 : 1);
        }
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
