package dev.capstan.runtime.toml;

/** The characters of a TOML document and how far they are read. */
final class TomlText {

    private final String text;
    private int at;

    TomlText(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    boolean at(char wanted) {
        return at < text.length() && text.charAt(at) == wanted;
    }

    boolean take(String wanted) {
        if (!text.startsWith(wanted, at)) {
            return false;
        }
        at += wanted.length();
        return true;
    }

    void expect(String wanted) throws TomlException {
        skipBlanks();
        if (!take(wanted)) {
            throw error("'" + wanted + "' is missing");
        }
    }

    /** As many of these characters as there are. */
    String takeAll(String allowed) {
        int from = at;
        while (!atEnd() && allowed.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.substring(from, at);
    }

    void skipBlanks() {
        while (at(' ') || at('\t')) {
            at++;
        }
    }

    /** Over blanks, line ends and comments. */
    void skipLines() throws TomlException {
        while (true) {
            skipBlanks();
            if (at('#')) {
                skipComment();
            }
            if (!lineEnd()) {
                return;
            }
        }
    }

    /** Over the rest of a line, on which nothing may follow but a comment. */
    void endLine() throws TomlException {
        skipBlanks();
        if (at('#')) {
            skipComment();
        }
        if (!atEnd() && !lineEnd()) {
            throw error("something follows on the line: " + word());
        }
    }

    private boolean lineEnd() {
        return take("\n") || take("\r\n");
    }

    private void skipComment() throws TomlException {
        while (!atEnd() && !at('\n')) {
            if (forbidden(text.charAt(at)) && !text.startsWith("\r\n", at)) {
                throw error("a comment holds a control character");
            }
            at++;
        }
        if (at > 0 && text.charAt(at - 1) == '\r') {
            at--;
        }
    }

    /** Everything up to what may end a value. A date and a time may have one blank between them. */
    String word() {
        int from = at;
        while (!atEnd() && " \t\r\n,]}#".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        boolean date = at - from == 10 && text.charAt(from + 4) == '-' && at(' ');
        if (date && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
            at++;
            String time = word();
            return text.substring(from, from + 10) + " " + time;
        }
        return text.substring(from, at);
    }

    /** A string of one line, as a key may be. */
    String line() throws TomlException {
        if (text.startsWith("\"\"\"", at) || text.startsWith("'''", at)) {
            throw error("a key has more than one line");
        }
        return string();
    }

    String string() throws TomlException {
        if (take("\"\"\"")) {
            return many('"');
        }
        if (take("'''")) {
            return many('\'');
        }
        char quote = text.charAt(at++);
        StringBuilder read = new StringBuilder();
        while (!at(quote)) {
            one(read, quote, false);
        }
        at++;
        return read.toString();
    }

    private String many(char quote) throws TomlException {
        lineEnd();
        String end = String.valueOf(quote).repeat(3);
        StringBuilder read = new StringBuilder();
        while (!text.startsWith(end, at)) {
            one(read, quote, true);
        }
        at += 3;
        // Up to two quotation marks may stand right before the three that end it.
        for (int more = 0; more < 2 && at(quote); more++) {
            read.append(quote);
            at++;
        }
        return read.toString();
    }

    private void one(StringBuilder read, char quote, boolean lines) throws TomlException {
        if (atEnd()) {
            throw error("a string does not end");
        }
        char character = text.charAt(at);
        if (character == '\\' && quote == '"') {
            at++;
            escape(read, lines);
        } else if (lines && lineEnd()) {
            read.append('\n');
        } else if (forbidden(character)) {
            throw error("a string holds a line end or a control character");
        } else {
            read.append(character);
            at++;
        }
    }

    private void escape(StringBuilder read, boolean lines) throws TomlException {
        if (atEnd()) {
            throw error("a string does not end");
        }
        char escaped = text.charAt(at++);
        int plain = "btnfr\"\\".indexOf(escaped);
        if (plain >= 0) {
            read.append("\b\t\n\f\r\"\\".charAt(plain));
        } else if (escaped == 'u' || escaped == 'U') {
            read.appendCodePoint(codePoint(escaped == 'u' ? 4 : 8));
        } else if (lines && isBlankToLineEnd(at - 1)) {
            // A line that ends in a backslash goes on at the next character that is no space.
            at--;
            while (!atEnd() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        } else {
            throw error("there is no escape \\" + escaped);
        }
    }

    private int codePoint(int digits) throws TomlException {
        int value = -1;
        if (at + digits <= text.length()) {
            String hex = text.substring(at, at + digits);
            if (hex.chars().allMatch(digit -> Character.digit(digit, 16) >= 0 && digit < 0x80)) {
                value = Integer.parseUnsignedInt(hex, 16);
            }
        }
        if (!Character.isValidCodePoint(value) || (value >= 0xd800 && value <= 0xdfff)) {
            throw error("an escape names no character");
        }
        at += digits;
        return value;
    }

    private boolean isBlankToLineEnd(int from) {
        int look = from;
        while (look < text.length() && (text.charAt(look) == ' ' || text.charAt(look) == '\t')) {
            look++;
        }
        return text.startsWith("\n", look) || text.startsWith("\r\n", look);
    }

    private static boolean forbidden(char character) {
        return (character < ' ' && character != '\t') || character == 0x7f;
    }

    /** Whether a word may be a number, date or time: begins as one and has nothing in it that none of them has. */
    static boolean isNumberOrTime(String word) {
        String unsigned = word.startsWith("+") || word.startsWith("-") ? word.substring(1) : word;
        if (unsigned.equals("inf") || unsigned.equals("nan")) {
            return true;
        }
        return !unsigned.isEmpty()
                && isDigit(unsigned.charAt(0))
                && unsigned.chars()
                        .allMatch(character ->
                                isDigit((char) character) || "abcdefxoABCDEFTtZz_.:+- ".indexOf(character) >= 0);
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    TomlException error(String what) {
        int line = 1
                + (int) text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        return new TomlException(line, what);
    }
}
