package dev.capstan.truststore;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What the store holds of ours, as its readers find it.
 *
 * @param agreed what of ours every output holds, sorted
 * @param distrusted what was asked to be distrusted and is in no output, sorted
 * @param damages where an output is not what was last asked for, or was left unfinished, by name; empty when the store is
 *     intact. {@link TrustStore#reapply} mends them
 * @param remarks what of others in the store is odd and is left to them, a sentence each
 */
public record Contents(List<Identity> agreed, List<Identity> distrusted, List<Damage> damages, List<String> remarks) {

    public Contents {
        agreed = List.copyOf(agreed);
        distrusted = List.copyOf(distrusted);
        damages = List.copyOf(damages);
        remarks = List.copyOf(remarks);
    }

    /** The fingerprint of what every output holds, and of what none does. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(agreed, distrusted);
    }

    /** Whether all outputs are what was asked for and no change was left unfinished. */
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
