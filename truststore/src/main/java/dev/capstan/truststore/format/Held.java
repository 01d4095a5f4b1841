package dev.capstan.truststore.format;

import dev.capstan.certificates.Identity;
import java.util.List;
import java.util.Optional;

/**
 * What a file of the trust store holds.
 *
 * @param entries its certificates, in the order of the file; one that is there twice comes twice
 * @param damages what in it cannot be read
 */
public record Held(List<Entry> entries, List<Damage> damages) {

    public Held {
        entries = List.copyOf(entries);
        damages = List.copyOf(damages);
    }

    /** One certificate. Whether its bytes are those of a certificate is not judged here. */
    public static final class Entry {

        private final Identity identity;
        private final byte[] der;
        private final Optional<String> name;
        private final boolean trusted;

        Entry(byte[] der, Optional<String> name, boolean trusted) {
            this.identity = Identity.ofDer(der);
            this.der = der.clone();
            this.name = name;
            this.trusted = trusted;
        }

        public Identity identity() {
            return identity;
        }

        /** The certificate's DER encoding, a copy. */
        public byte[] der() {
            return der.clone();
        }

        /** Its alias or label, where the format has one. */
        public Optional<String> name() {
            return name;
        }

        /** False where the file itself says that nobody shall trust it. */
        public boolean trusted() {
            return trusted;
        }

        @Override
        public String toString() {
            return name.map(alias -> alias + " ").orElse("") + "(" + identity + ")" + (trusted ? "" : ", rejected");
        }
    }

    /**
     * Something that cannot be read.
     *
     * @param at where: the line, from 1, in text; the byte, from 0, in other files
     * @param words what is wrong, a sentence
     */
    public record Damage(int at, String words) {}

    /** The identities of all certificates, in the order of the file. */
    public List<Identity> identities() {
        return entries.stream().map(Entry::identity).toList();
    }

    /** Those that the file does not say to be rejected, in its order. */
    public List<Identity> trusted() {
        return entries.stream().filter(Entry::trusted).map(Entry::identity).toList();
    }
}
