package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The findings on one entry, or on one input of many entries. Lists so many of each severity one by one and counts the rest, so
 * that a million broken blocks, or a million keys of a Secret, cost no more memory than their own bytes.
 */
public final class EntryFindings {

    private static final int MOST_OF_AN_INPUT = 1_000;

    private final Place whole;
    private final int most;
    private final List<Finding> listed = new ArrayList<>();
    private final Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
    private final Map<Severity, FindingCode> firstOmitted = new EnumMap<>(Severity.class);

    EntryFindings(Place entry) {
        this(entry, CertificateReader.MOST_FINDINGS);
    }

    private EntryFindings(Place whole, int most) {
        this.whole = whole;
        this.most = most;
    }

    /** For what is said of all entries of an input: {@value #MOST_OF_AN_INPUT} of each severity. */
    public static EntryFindings ofInput(Place input) {
        return new EntryFindings(input, MOST_OF_AN_INPUT);
    }

    void add(FindingCode code, Place place, String message, String fix) {
        add(new Finding(code, place, message, fix));
    }

    /** Takes a finding. */
    public void add(Finding finding) {
        if (counts.merge(finding.severity(), 1, Integer::sum) <= most) {
            listed.add(finding);
        } else {
            firstOmitted.putIfAbsent(finding.severity(), finding.code());
        }
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The findings in the order they came, and for each severity one more that counts those not listed. */
    public List<Finding> list() {
        List<Finding> all = new ArrayList<>(listed);
        firstOmitted.forEach((severity, code) -> all.add(new Finding(
                code,
                whole,
                (counts.getOrDefault(severity, 0) - most) + " more findings of severity " + severity.word()
                        + " are not listed.",
                "Mend those that are listed and read it again.")));
        return all;
    }
}
