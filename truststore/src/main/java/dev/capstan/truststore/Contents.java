package dev.capstan.truststore;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What the store holds of ours, as its readers find it.
 *
 * @param agreed what every output holds: anchor, {@code .pem} link, hash link and bundle; sorted
 * @param damages where the outputs disagree or were left unfinished, by name; empty when the store is intact
 */
public record Contents(List<Identity> agreed, List<Damage> damages) {

    public Contents {
        agreed = List.copyOf(agreed);
        damages = List.copyOf(damages);
    }

    /** The fingerprint of what every output holds. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(agreed);
    }

    /** Whether all outputs agree and no change was left unfinished. */
    public boolean intact() {
        return damages.isEmpty();
    }

    /**
     * One thing that is not as it should be.
     *
     * @param path the file or link, as seen from inside the root, such as {@code /etc/ssl/certs/ca-certificates.crt}
     * @param words what is the matter with it
     */
    public record Damage(String path, String words) {

        @Override
        public String toString() {
            return path + ": " + words;
        }
    }
}
