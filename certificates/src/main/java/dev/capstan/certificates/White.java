package dev.capstan.certificates;

/**
 * White space as people's files have it: ASCII's, and what web pages and word processors put in its place (no-break space,
 * zero-width space, byte order mark in the middle of a text).
 */
final class White {

    static final char BYTE_ORDER_MARK = '\ufeff';

    private White() {}

    static boolean is(char character) {
        return character <= ' '
                ? character == ' ' || (character >= '\t' && character <= '\r')
                : character >= '\u0085'
                        && (character == BYTE_ORDER_MARK
                                || character == '\u0085'
                                || character == '\u200b'
                                || Character.isSpaceChar(character));
    }

    static boolean isBlank(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!is(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
