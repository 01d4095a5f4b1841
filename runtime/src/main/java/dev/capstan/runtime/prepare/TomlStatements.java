package dev.capstan.runtime.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The statements of a TOML text (toml.io, v1.0.0) with their places, for an editor that keeps every byte it does not mean
 * to change.
 *
 * <p>Headings, keys and the extent of values are read; what a value means is left to who asks. Anything that is no
 * statement of TOML is an error that names the line: nothing is guessed or passed over.
 */
final class TomlStatements {

    /** A statement; places are offsets into the text. */
    sealed interface Statement {

        /** Where its line begins, white space included. */
        int start();

        /** Behind its line, line end included. */
        int end();
    }

    /** {@code [a.b]}, or {@code [[a.b]]}. */
    record Heading(List<String> path, boolean array, int start, int end) implements Statement {}

    /**
     * {@code key = value}.
     *
     * @param table the path of the heading it stands under; empty before the first
     * @param key its own, dotted or not
     * @param value the text of the value, without the white space and the comment around it
     * @param valueAt where that begins
     */
    record Entry(List<String> table, List<String> key, String value, int valueAt, int start, int end)
            implements Statement {

        List<String> path() {
            List<String> path = new ArrayList<>(table);
            path.addAll(key);
            return path;
        }
    }

    private final String text;
    private final List<Statement> statements = new ArrayList<>();
    private int at;

    private TomlStatements(String text) {
        this.text = text;
    }

    /**
     * The statements in their order.
     *
     * @throws NotUnderstoodException if a part of the text is none
     */
    static List<Statement> of(String text) throws NotUnderstoodException {
        TomlStatements toml = new TomlStatements(text);
        toml.read();
        return List.copyOf(toml.statements);
    }

    /** The string that a value's text stands for, if it is one in plain quotes; the editor reads no other. */
    static Optional<String> string(String value) {
        if (value.length() < 2 || value.startsWith("\"\"\"") || value.startsWith("'''")) {
            return value.length() == 2 && (value.equals("\"\"") || value.equals("''"))
                    ? Optional.of("")
                    : Optional.empty();
        }
        char quote = value.charAt(0);
        boolean quoted = (quote == '"' || quote == '\'') && value.charAt(value.length() - 1) == quote;
        return quoted && (quote == '\'' || value.indexOf('\\') < 0)
                ? Optional.of(value.substring(1, value.length() - 1))
                : Optional.empty();
    }

    private void read() throws NotUnderstoodException {
        List<String> table = List.of();
        while (at < text.length()) {
            int start = at;
            skipBlanks();
            if (atLineEnd() || peek() == '#') {
                endLine();
            } else if (peek() == '[') {
                boolean array = text.startsWith("[[", at);
                at += array ? 2 : 1;
                List<String> path = dotted();
                expect(array ? "]]" : "]");
                endLine();
                table = path;
                statements.add(new Heading(path, array, start, at));
            } else {
                List<String> key = dotted();
                expect("=");
                skipBlanks();
                int valueAt = at;
                skipValue();
                String value = text.substring(valueAt, at);
                endLine();
                statements.add(new Entry(table, key, value, valueAt, start, at));
            }
        }
    }

    private List<String> dotted() throws NotUnderstoodException {
        List<String> path = new ArrayList<>();
        do {
            skipBlanks();
            path.add(simpleKey());
            skipBlanks();
        } while (take('.'));
        return List.copyOf(path);
    }

    private String simpleKey() throws NotUnderstoodException {
        int start = at;
        if (at < text.length() && (peek() == '"' || peek() == '\'')) {
            skipLineString();
            return string(text.substring(start, at)).orElseThrow(() -> wrong("a key with escapes in it"));
        }
        while (at < text.length() && isBare(peek())) {
            at++;
        }
        if (at == start) {
            throw wrong("no key where one should be");
        }
        return text.substring(start, at);
    }

    private static boolean isBare(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    private void skipValue() throws NotUnderstoodException {
        if (atLineEnd() || peek() == '#') {
            throw wrong("a key without a value");
        }
        switch (peek()) {
            case '"', '\'' -> skipString();
            case '[' -> skipArray();
            case '{' -> skipInlineTable();
            default -> skipWord();
        }
    }

    private void skipWord() throws NotUnderstoodException {
        int start = at;
        while (at < text.length() && (isBare(peek()) || peek() == '.' || peek() == '+' || peek() == ':')) {
            at++;
        }
        if (at == start) {
            throw wrong("no value where one should be");
        }
    }

    private void skipString() throws NotUnderstoodException {
        String quote = text.substring(at, at + 1).repeat(3);
        if (!text.startsWith(quote, at)) {
            skipLineString();
            return;
        }
        at += 3;
        while (!text.startsWith(quote, at)) {
            if (at >= text.length()) {
                throw wrong("a string that does not end");
            }
            at += quote.charAt(0) == '"' && peek() == '\\' ? 2 : 1;
        }
        at += 3;
        // Up to two quotes may stand right before the three that end the string.
        for (int more = 0; more < 2 && at < text.length() && peek() == quote.charAt(0); more++) {
            at++;
        }
    }

    private void skipLineString() throws NotUnderstoodException {
        char quote = peek();
        at++;
        while (at < text.length() && peek() != quote) {
            if (atLineEnd()) {
                throw wrong("a string that does not end in its line");
            }
            at += quote == '"' && peek() == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            throw wrong("a string that does not end");
        }
        at++;
    }

    private void skipArray() throws NotUnderstoodException {
        at++;
        skipSpace();
        while (!take(']')) {
            skipValue();
            skipSpace();
            if (!take(',') && (at >= text.length() || peek() != ']')) {
                throw wrong("an array that does not end");
            }
            skipSpace();
        }
    }

    private void skipInlineTable() throws NotUnderstoodException {
        at++;
        skipBlanks();
        while (!take('}')) {
            dotted();
            expect("=");
            skipBlanks();
            skipValue();
            skipBlanks();
            if (!take(',') && (at >= text.length() || peek() != '}')) {
                throw wrong("an inline table that does not end in its line");
            }
            skipBlanks();
        }
    }

    /** White space, line ends and comments, which an array may hold. */
    private void skipSpace() throws NotUnderstoodException {
        skipBlanks();
        while (at < text.length() && (atLineEnd() || peek() == '#')) {
            endLine();
            skipBlanks();
        }
        if (at >= text.length()) {
            throw wrong("an array that does not end");
        }
    }

    private void skipBlanks() {
        while (at < text.length() && (peek() == ' ' || peek() == '\t')) {
            at++;
        }
    }

    /** The rest of a line: nothing, or a comment. */
    private void endLine() throws NotUnderstoodException {
        skipBlanks();
        if (at < text.length() && peek() == '#') {
            while (!atLineEnd()) {
                at++;
            }
        }
        if (!atLineEnd()) {
            throw wrong("something behind the end of a statement");
        }
        take('\r');
        take('\n');
    }

    /** At a line end, LF or CR LF, or at the end of the text. */
    private boolean atLineEnd() {
        return at >= text.length() || peek() == '\n' || text.startsWith("\r\n", at);
    }

    private char peek() {
        return text.charAt(at);
    }

    private boolean take(char c) {
        boolean there = at < text.length() && peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String what) throws NotUnderstoodException {
        if (!text.startsWith(what, at)) {
            throw wrong("no \"" + what + "\" where one should be");
        }
        at += what.length();
    }

    private NotUnderstoodException wrong(String what) {
        int end = Math.min(at, text.length());
        long line = text.substring(0, end).chars().filter(c -> c == '\n').count() + 1;
        return new NotUnderstoodException("line " + line + ": " + what);
    }
}
