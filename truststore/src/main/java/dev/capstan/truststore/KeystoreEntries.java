package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.JavaKeystore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a Java keystore holds.
 *
 * @param entries its certificates with their aliases
 * @param damage why it cannot be read; empty for one that can
 */
record KeystoreEntries(List<Entry> entries, String damage) {

    /** A certificate and its alias. */
    record Entry(String alias, Identity identity) {}

    static KeystoreEntries parse(byte[] bytes) {
        Held held = JavaKeystore.p11Kit().read(bytes);
        List<Entry> entries = new ArrayList<>();
        for (Held.Entry entry : held.entries()) {
            entries.add(new Entry(entry.name().orElse(""), entry.identity()));
        }
        String damage =
                held.damages().isEmpty() ? "" : held.damages().getFirst().words();
        return new KeystoreEntries(List.copyOf(entries), damage);
    }

    Set<Identity> identities() {
        Set<Identity> identities = new HashSet<>();
        for (Entry entry : entries) {
            identities.add(entry.identity());
        }
        return identities;
    }
}
