package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The findings on one entry. Lists so many of each severity one by one and counts the rest, so that an entry of a
 * million broken blocks costs no more memory than its own bytes.
 */
final class EntryFindings {

    private final Place entry;
    private final List<Finding> listed = new ArrayList<>();
    private final Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
    private final Map<Severity, FindingCode> firstOmitted = new EnumMap<>(Severity.class);

    EntryFindings(Place entry) {
        this.entry = entry;
    }

    void add(FindingCode code, Place place, String message, String fix) {
        add(new Finding(code, place, message, fix));
    }

    void add(Finding finding) {
        if (counts.merge(finding.severity(), 1, Integer::sum) <= CertificateReader.MOST_FINDINGS) {
            listed.add(finding);
        } else {
            firstOmitted.putIfAbsent(finding.severity(), finding.code());
        }
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The findings in the order they came, and for each severity one more that counts those not listed. */
    List<Finding> list() {
        List<Finding> all = new ArrayList<>(listed);
        firstOmitted.forEach((severity, code) -> all.add(new Finding(
                code,
                entry,
                (counts.getOrDefault(severity, 0) - CertificateReader.MOST_FINDINGS) + " more findings of severity "
                        + severity.word() + " in this entry are not listed.",
                "Mend those that are listed and read the entry again.")));
        return all;
    }
}
