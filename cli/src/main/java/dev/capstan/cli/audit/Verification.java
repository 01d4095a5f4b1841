package dev.capstan.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the chain of an audit log, record by record: a record's {@code hash} is the SHA-256 of its line before
 * {@code ,"hash":}, its {@code previous} is the hash of the record before, its {@code sequence} one more. Code of its own and
 * none of the server's: what wrote the log wrongly must not find it right.
 *
 * <p>What a log cannot tell by itself is that its newest records are gone; the server's file {@code head} tells that, and half a
 * record behind it is what a crash leaves: it was acknowledged to nobody.
 */
final class Verification {

    private static final String HASH = ",\"hash\":\"";
    private static final String FIRST = "0".repeat(64);
    private static final int MOST_PROBLEMS = 20;
    private static final int MOST_NOTES = 20;

    private final long from;
    private final Map<String, JsonNode> underWay;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long records;
    private long sequence;
    private String hash = FIRST;
    private boolean begun;
    private boolean torn;

    /**
     * A check.
     *
     * @param from number of the record that the log may begin with; those before are archived elsewhere
     * @param underWay writes that had not ended when the server last wrote, by request
     */
    Verification(long from, Map<String, JsonNode> underWay) {
        this.from = from;
        this.underWay = new LinkedHashMap<>(underWay);
    }

    void take(AuditFiles.Line line) {
        if (!line.isWhole() && line.isLast()) {
            torn = true;
            return;
        }
        var text = line.text();
        var at = text.lastIndexOf(HASH);
        if (at < 0 || !text.endsWith("\"}") || !line.isWhole()) {
            problem(line.place() + ": is no record.");
            return;
        }
        var told = text.substring(at + HASH.length(), text.length() - 2);
        if (!sha256(text.substring(0, at)).equals(told)) {
            problem(line.place() + ": the record was changed: its hash is not that of its text.");
        }
        try {
            var record = Json.parse(text);
            check(
                    line,
                    record.path("sequence").asLong(),
                    record.path("previous").asText());
            underWay.remove(record.path("request").asText());
            if (record.path("code").asText().equals("EndUnknown")) {
                note(line.place()
                        + ": the server was killed while this write was under way, and whether its change was made is"
                        + " unknown: " + words(record));
            }
        } catch (RuntimeException noJson) {
            problem(line.place() + ": is no record: it is not JSON.");
        }
        hash = told;
        records++;
    }

    private void check(AuditFiles.Line line, long number, String previous) {
        if (!begun) {
            begun = true;
            if (number != from) {
                problem(line.place() + ": the log begins with record " + number + ", not with " + from
                        + ": earlier files were moved or deleted (--from says where a log begins whose beginning is kept"
                        + " elsewhere).");
            } else if (number == 1 && !previous.equals(FIRST)) {
                problem(line.place() + ": the first record follows another one.");
            }
        } else if (number > sequence + 1) {
            problem(line.place() + ": record " + number + " follows record " + sequence + ": " + (number - sequence - 1)
                    + " between them are gone.");
        } else if (number <= sequence) {
            problem(line.place() + ": record " + number + " comes after record " + sequence
                    + ": it was inserted or moved.");
        } else if (!previous.equals(hash)) {
            problem(line.place() + ": record " + number + " does not follow the record before it, which was changed or"
                    + " replaced.");
        }
        sequence = number;
    }

    /** After the last line. */
    void end(Optional<String[]> head) {
        if (head.isEmpty()) {
            if (begun) {
                problem("The file 'head' is gone or no longer what the server wrote: whether the log was cut cannot be"
                        + " told.");
            }
            return;
        }
        var acknowledged = Long.parseLong(head.get()[0]);
        if (acknowledged > sequence) {
            problem("The log ends with record " + sequence + ", and record " + acknowledged
                    + " was acknowledged: the end was cut off.");
        } else if (acknowledged == sequence && !head.get()[1].equals(hash)) {
            problem("The last record is not the one that was acknowledged.");
        }
        if (torn) {
            notes.add("Half a record at the end, as a crash leaves it: it was acknowledged to nobody.");
        }
        underWay.values()
                .forEach(write ->
                        note("Not ended: a write is under way, or the server was killed and not started since: "
                                + words(write)));
    }

    private static String words(JsonNode write) {
        return "%s %s by %s from %s, %s."
                .formatted(
                        write.path("method").asText(),
                        write.path("resource").asText(),
                        write.path("caller").asText(),
                        write.path("address").asText(),
                        write.path("time").asText());
    }

    private void note(String words) {
        if (notes.size() < MOST_NOTES) {
            notes.add(words);
        } else if (notes.size() == MOST_NOTES) {
            notes.add("More of the kind; 'capstan audit list' has all.");
        }
    }

    private void problem(String words) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(words);
        } else if (problems.size() == MOST_PROBLEMS) {
            problems.add("More of the kind.");
        }
    }

    long records() {
        return records;
    }

    String hash() {
        return hash;
    }

    List<String> problems() {
        return problems;
    }

    List<String> notes() {
        return notes;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
