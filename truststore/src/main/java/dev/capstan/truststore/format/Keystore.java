package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A keystore that was read, of either format. */
sealed interface Keystore permits Jks, Pkcs12 {

    /** The password, which says nothing: every tool uses it. */
    String PASSWORD = "changeit";

    /** One entry, or something else in the file that entries stand among. Never changes. */
    final class Item {

        private final String alias;
        private final byte @Nullable [] der;
        private final byte[] raw;
        private final int group;
        private final Optional<Identity> identity;

        Item(String alias, byte @Nullable [] der, byte[] raw, int group) {
            this.alias = alias;
            this.der = der;
            this.raw = raw;
            this.group = group;
            this.identity = der == null ? Optional.empty() : Optional.of(Identity.ofDer(der));
        }

        /** As the file has it; empty for what is no entry. */
        String alias() {
            return alias;
        }

        /** The certificate it says to trust; empty for keys and all else. */
        Optional<Identity> identity() {
            return identity;
        }

        /** The DER of {@link #identity()}; none where that is empty. */
        byte[] der() {
            return der == null ? new byte[0] : der;
        }

        /** The bytes that go back into the file. */
        byte[] raw() {
            return raw;
        }

        /** In which part of the file it stands, where the format has such. */
        int group() {
            return group;
        }
    }

    /** All there is, in the order of the file. */
    List<Item> items();

    /** A new entry that says to trust this certificate. */
    Item trusting(String alias, Certificate certificate);

    /** The same entry under another alias. */
    Item renamed(Item item, String alias);

    /** The file with these items instead of its own. */
    byte[] with(List<Item> items) throws UneditableException;

    default Held held() {
        List<Held.Entry> entries = new ArrayList<>();
        for (Item item : items()) {
            if (item.identity().isPresent()) {
                entries.add(new Held.Entry(item.der(), Optional.of(item.alias()), true));
            }
        }
        return new Held(entries, List.of());
    }
}
