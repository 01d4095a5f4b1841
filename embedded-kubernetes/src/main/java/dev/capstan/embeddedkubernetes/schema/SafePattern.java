package dev.capstan.embeddedkubernetes.schema;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a schema. Kubernetes takes them in RE2 syntax and matches in linear time; the JDK's engine
 * backtracks and differs in details. So the text is translated (what means something else in Java is rewritten, what RE2 does
 * not have is refused) and the match runs over a text that counts the characters looked at and stops at a limit.
 *
 * <p>Rewritten: {@code $} (end of text, never before a last line break), {@code (?P<n>}, POSIX classes, {@code [} and
 * {@code &&} in classes. Refused: look-around, back-references, possessive and atomic groups.
 * Syntax: https://github.com/google/re2/wiki/Syntax
 */
final class SafePattern {

    /** How a match ended. */
    enum Outcome {
        MATCHES,
        DIFFERS,
        /** The pattern is too complicated for this text. */
        GIVEN_UP
    }

    private static final int MOST_STEPS = 1_000_000;
    private static final int LONGEST_PATTERN = 10_000;

    private final Pattern pattern;

    private SafePattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** The compiled pattern, or nothing when {@link #problem} has something to say. */
    static Optional<SafePattern> of(String text) {
        try {
            return Optional.of(new SafePattern(compile(text)));
        } catch (PatternSyntaxException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /** Why a text is no pattern; empty when it is one. */
    static String problem(String text) {
        try {
            compile(text);
            return "";
        } catch (PatternSyntaxException e) {
            return "must be a valid regular expression, but isn't: " + e.getDescription();
        } catch (StackOverflowError e) {
            return "must be a valid regular expression, but isn't: it is nested too deeply";
        }
    }

    /** Whether the pattern is found anywhere in the text. */
    Outcome find(String text) {
        try {
            return pattern.matcher(new CountedText(text, 0, text.length(), new Steps()))
                            .find()
                    ? Outcome.MATCHES
                    : Outcome.DIFFERS;
        } catch (StepsExhausted | StackOverflowError e) {
            return Outcome.GIVEN_UP;
        }
    }

    private static Pattern compile(String text) {
        if (text.length() > LONGEST_PATTERN) {
            throw new PatternSyntaxException("it is longer than " + LONGEST_PATTERN + " characters", text, -1);
        }
        return Pattern.compile(translate(text));
    }

    private static String translate(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        boolean inClass = false;
        int classStart = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                if (i + 1 == text.length()) {
                    throw new PatternSyntaxException("trailing backslash at end of expression", text, i);
                }
                char next = text.charAt(++i);
                if (!inClass && ((next >= '1' && next <= '9') || next == 'k')) {
                    throw new PatternSyntaxException("back-references are not supported", text, i);
                }
                out.append(c).append(next);
            } else if (inClass) {
                if (c == ']' && i > classStart) {
                    inClass = false;
                    out.append(c);
                } else if (c == '[' && text.startsWith("[:", i) && text.indexOf(":]", i) > 0) {
                    int end = text.indexOf(":]", i);
                    out.append(posixClass(text.substring(i + 2, end), text, i));
                    i = end + 1;
                } else if (c == '[' || c == '&' || c == ']') {
                    out.append('\\').append(c);
                } else {
                    out.append(c);
                }
            } else if (c == '[') {
                inClass = true;
                boolean negated = text.startsWith("^", i + 1);
                out.append(negated ? "[^" : "[");
                i += negated ? 1 : 0;
                classStart = i + 1;
            } else if (c == '$') {
                out.append("\\z");
            } else if (c == '(' && text.startsWith("(?P<", i)) {
                out.append("(?<");
                i += 3;
            } else if (c == '(' && refusedGroup(text, i)) {
                throw new PatternSyntaxException(
                        "invalid or unsupported Perl syntax: look-around and atomic groups", text, i);
            } else if (c == '+' && i > 0 && "+*?}".indexOf(text.charAt(i - 1)) >= 0 && !escaped(text, i - 1)) {
                throw new PatternSyntaxException("invalid nested repetition operator", text, i);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean refusedGroup(String text, int at) {
        return text.startsWith("(?=", at)
                || text.startsWith("(?!", at)
                || text.startsWith("(?<=", at)
                || text.startsWith("(?<!", at)
                || text.startsWith("(?>", at);
    }

    private static boolean escaped(String text, int at) {
        int backslashes = 0;
        for (int i = at - 1; i >= 0 && text.charAt(i) == '\\'; i--) {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static String posixClass(String name, String text, int at) {
        return switch (name) {
            case "alnum" -> "\\p{Alnum}";
            case "alpha" -> "\\p{Alpha}";
            case "ascii" -> "\\p{ASCII}";
            case "blank" -> "\\p{Blank}";
            case "cntrl" -> "\\p{Cntrl}";
            case "digit" -> "\\p{Digit}";
            case "graph" -> "\\p{Graph}";
            case "lower" -> "\\p{Lower}";
            case "print" -> "\\p{Print}";
            case "punct" -> "\\p{Punct}";
            case "space" -> "\\p{Space}";
            case "upper" -> "\\p{Upper}";
            case "word" -> "\\w";
            case "xdigit" -> "\\p{XDigit}";
            default -> throw new PatternSyntaxException("invalid character class range: [:" + name + ":]", text, at);
        };
    }

    /** A text that gives up after so many looks at its characters; the counter is shared by its parts. */
    private record CountedText(String text, int from, int to, Steps left) implements CharSequence {
        @Override
        public char charAt(int index) {
            if (--left.left < 0) {
                throw new StepsExhausted();
            }
            return text.charAt(from + index);
        }

        @Override
        public int length() {
            return to - from;
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new CountedText(text, from + start, from + end, left);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }

    private static final class Steps {
        private int left = MOST_STEPS;
    }

    private static final class StepsExhausted extends RuntimeException {
        StepsExhausted() {
            super("too many steps", null, false, false);
        }
    }
}
