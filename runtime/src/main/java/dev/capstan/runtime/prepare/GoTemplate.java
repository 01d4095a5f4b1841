package dev.capstan.runtime.prepare;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The template that k3s and RKE2 make containerd's configuration of (Go's text/template). Its actions, {@code {{ … }}},
 * are masked by as many other characters, so that what is left can be read as TOML and every place in it stays where it
 * was. A text without actions is left as it is.
 */
final class GoTemplate {

    private static final Pattern ACTION = Pattern.compile("\\{\\{.*?}}", Pattern.DOTALL);

    private GoTemplate() {}

    /**
     * The text with its actions masked: a line of nothing but actions becomes blank, an action elsewhere a word.
     *
     * @throws NotUnderstoodException if an action spans lines, or does not end
     */
    static String masked(String text) throws NotUnderstoodException {
        StringBuilder masked = new StringBuilder(text.length());
        int from = 0;
        while (from < text.length()) {
            int feed = text.indexOf('\n', from);
            int end = feed < 0 ? text.length() : feed + 1;
            masked.append(line(text.substring(from, end)));
            from = end;
        }
        return masked.toString();
    }

    private static String line(String line) throws NotUnderstoodException {
        Matcher actions = ACTION.matcher(line);
        String without = actions.replaceAll("");
        if (without.equals(line)) {
            if (line.contains("{{") && !line.strip().startsWith("#")) {
                throw new NotUnderstoodException(
                        "an action of a template that does not end in its line: " + line.strip());
            }
            return line;
        }
        char mask = without.isBlank() ? ' ' : '_';
        return ACTION.matcher(line)
                .replaceAll(action -> String.valueOf(mask).repeat(action.group().length()));
    }
}
