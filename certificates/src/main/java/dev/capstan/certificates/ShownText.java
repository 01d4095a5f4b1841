package dev.capstan.certificates;

/** Text from a certificate that can be put on a terminal and into a status. */
final class ShownText {

    private static final int MOST = 400;

    private ShownText() {}

    /** Control characters as <code>\\u{…}</code>, cut where it is very long. */
    static String of(String name) {
        if (isPlain(name)) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        name.codePoints().limit(MOST).forEach(point -> {
            int type = Character.getType(point);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE) {
                text.append("\\u{").append(Integer.toHexString(point)).append('}');
            } else {
                text.appendCodePoint(point);
            }
        });
        return name.codePointCount(0, name.length()) > MOST ? text + "…" : text.toString();
    }

    /** Whether it is as it should be already: short, and nothing but what ASCII prints. */
    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < ' ' || name.charAt(i) > '~') {
                return false;
            }
        }
        return name.length() <= MOST;
    }
}
