package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.wire.ArmAnswer;
import java.util.ArrayList;
import java.util.List;

/** What is to be said of a write that is done all the same: the header {@code Warning} of its answer (RFC 7234, 5.5). */
final class Warnings {

    private static final String HEADER = "Warning";
    private static final int SAID_AT_MOST = 10;
    private static final int LONGEST = 500;

    private Warnings() {}

    /**
     * The answer with one warning more for each of these texts; no more than {@value #SAID_AT_MOST} of them are said.
     *
     * @param agent who says it
     */
    static ArmAnswer on(ArmAnswer answer, String agent, List<String> texts) {
        if (texts.isEmpty()) {
            return answer;
        }
        List<String> all = new ArrayList<>();
        String before = answer.headers().get(HEADER);
        if (before != null) {
            all.add(before);
        }
        texts.stream().limit(SAID_AT_MOST).forEach(text -> all.add("299 " + agent + " \"" + quoted(text) + '"'));
        return answer.with(HEADER, String.join(", ", all));
    }

    private static String quoted(String text) {
        String plain =
                text.replaceAll("[^\\x20-\\x7e]", "?").replace("\\", "\\\\").replace("\"", "\\\"");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST).replaceAll("\\\\+$", "");
    }
}
