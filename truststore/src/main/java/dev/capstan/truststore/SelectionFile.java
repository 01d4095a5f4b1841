package dev.capstan.truststore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * {@code /etc/ca-certificates.conf}: which of the distribution's certificates go into the store, one on a line. A line
 * that begins with {@code !} keeps its certificate out, also when the tool or the package's scripts run (
 * update-ca-certificates(8)).
 */
record SelectionFile(String text) {

    static final String PATH = "/etc/ca-certificates.conf";

    /** The certificates that go in, in the order in which the tool puts them into the bundle. */
    List<String> selected() {
        List<String> selected = new ArrayList<>();
        for (String line : lines()) {
            if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("!")) {
                selected.add(line.strip());
            }
        }
        return selected;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(text.substring(start, end));
            start = end + 1;
        }
        lines.add(text.substring(start));
        return lines;
    }

    /** This with a {@code !} before these certificates, where they are selected. */
    SelectionFile without(Collection<String> certificates) {
        return edited(certificates, "", "!");
    }

    /** This without the {@code !} before these certificates, where there is one. */
    SelectionFile with(Collection<String> certificates) {
        return edited(certificates, "!", "");
    }

    private SelectionFile edited(Collection<String> certificates, String old, String now) {
        if (certificates.isEmpty()) {
            return this;
        }
        List<String> lines = lines();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(old)
                    && certificates.contains(line.substring(old.length()).strip())) {
                lines.set(i, now + line.substring(old.length()));
            }
        }
        return new SelectionFile(String.join("\n", lines));
    }
}
