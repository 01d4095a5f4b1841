package dev.capstan.embeddedkubernetes.selector;

import java.util.ArrayList;
import java.util.List;

/** Cuts a label selector into operators, brackets, commas and words. */
final class Tokens {

    private static final String SPECIAL = "=!(),><";

    private Tokens() {}

    static List<String> of(String text) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int start = at++;
            if (Character.isWhitespace(c)) {
                continue;
            }
            if (SPECIAL.indexOf(c) >= 0) {
                boolean two = (c == '=' || c == '!') && at < text.length() && text.charAt(at) == '=';
                at += two ? 1 : 0;
            } else {
                while (at < text.length()
                        && SPECIAL.indexOf(text.charAt(at)) < 0
                        && !Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
            }
            tokens.add(text.substring(start, at));
        }
        return tokens;
    }

    /** Whether a token is a word, that is, can be a key or a value. */
    static boolean isWord(String token) {
        return !token.isEmpty() && SPECIAL.indexOf(token.charAt(0)) < 0;
    }
}
