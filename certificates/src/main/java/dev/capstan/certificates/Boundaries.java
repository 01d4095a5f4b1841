package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line is to PEM: a BEGIN line, an END line, one that was meant as such, or something else. A line with several exact
 * boundaries and nothing but base64 between them, as is left when line breaks are lost, is taken apart at them.
 */
final class Boundaries {

    /** A part of a line; {@code index} is where it starts in it. */
    sealed interface Part {
        int index();
    }

    record Begin(String label, int index) implements Part {}

    record End(String label, int index) implements Part {}

    record Other(String text, int index) implements Part {}

    /** It was meant as a boundary and is none. */
    record GoneWrong(boolean begins, boolean ends, String message, String fix, int index) implements Part {}

    private static final Pattern BOUNDARY = Pattern.compile("-----(BEGIN|END) ([^- ](?:[^-]{0,60}[^- ])?)-----");

    /** Fewer characters behind a BEGIN may be words. */
    private static final int LEAST_BASE64 = 16;

    private Boundaries() {}

    /** The parts of a line that is stripped of white space; at least one, but for an empty line. */
    static List<Part> parts(String line, boolean inBlock) {
        if (!line.contains("--")) {
            return List.of(new Other(line, 0));
        }
        List<Part> parts = taken(line, inBlock);
        if (!parts.isEmpty()) {
            return parts;
        }
        return List.of(looksLikeBoundary(line) ? goneWrong(line) : new Other(line, 0));
    }

    /** The line taken apart; nothing if it has no boundary, or something that leaves doubts. */
    private static List<Part> taken(String line, boolean inBlock) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = BOUNDARY.matcher(line);
        boolean open = inBlock;
        boolean atStart = true;
        int from = 0;
        while (matcher.find()) {
            boolean begins = matcher.group(1).equals("BEGIN");
            if (!gap(parts, line, from, matcher.start(), open && !begins, !atStart || inBlock)) {
                return List.of();
            }
            String label = matcher.group(2);
            parts.add(begins ? new Begin(label, matcher.start()) : new End(label, matcher.start()));
            open = begins;
            atStart = false;
            from = matcher.end();
        }
        if (parts.isEmpty()) {
            return parts;
        }
        boolean enough = line.length() - from >= LEAST_BASE64 && line.indexOf(' ', from) < 0;
        return gap(parts, line, from, line.length(), open && enough, true) ? parts : List.of();
    }

    /** Adds what is between two boundaries; answers whether it may be there. */
    private static boolean gap(List<Part> parts, String line, int from, int to, boolean base64, boolean behind) {
        if (White.isBlank(line.substring(from, to))) {
            return true;
        }
        for (int i = from; i < to; i++) {
            if (!base64 || !behind || !(Base64Text.isBase64(line.charAt(i)) || White.is(line.charAt(i)))) {
                return false;
            }
        }
        parts.add(new Other(line.substring(from, to), from));
        return true;
    }

    private static boolean looksLikeBoundary(String line) {
        String upper = line.toUpperCase(Locale.ROOT);
        return looksLike(upper, "BEGIN") || looksLike(upper, "END");
    }

    private static boolean looksLike(String upper, String word) {
        return upper.contains("-" + word + " ")
                || upper.contains("- " + word + " ")
                || upper.contains(word + " CERTIFICATE-")
                || upper.contains(word + "CERTIFICATE-");
    }

    private static GoneWrong goneWrong(String line) {
        String upper = line.toUpperCase(Locale.ROOT);
        boolean begins = looksLike(upper, "BEGIN");
        boolean ends = looksLike(upper, "END");
        String which = begins ? "BEGIN" : "END";
        Matcher exact = BOUNDARY.matcher(line);
        if (exact.find()) {
            int odd = exact.start() > 0 ? 0 : exact.end();
            return new GoneWrong(
                    begins,
                    ends,
                    "something else stands on the " + which + " line, and it is not base64.",
                    "Put the BEGIN line, the base64 and the END line each on lines of their own.",
                    odd);
        }
        return new GoneWrong(
                begins,
                ends,
                "the " + which + " line is not exactly -----" + which + " CERTIFICATE-----.",
                "Write five dashes before and after, one space between the words, capital letters, and nothing else"
                        + " on the line.",
                0);
    }
}
