package dev.capstan.runtime;

import dev.capstan.certificates.Fingerprint;
import java.util.List;

/** Which set the running runtime reads, or why that cannot be told. */
public sealed interface Loaded {

    /**
     * The runtime provably reads this set.
     *
     * @param fingerprint the set
     * @param evidence what proves it, in words
     */
    record Known(Fingerprint fingerprint, String evidence) implements Loaded {}

    /**
     * What the runtime trusts may differ from what it shall trust until it is restarted. Both lists may be empty: then a
     * change is known of which nobody recorded the names.
     *
     * @param stillTrusted what has left and the process may still trust, sorted by identity
     * @param notYetKnown what has come and the process may not know yet, sorted by identity
     * @param reason what shows it and what to do, in words, with the names
     */
    record Stale(List<NamedCertificate> stillTrusted, List<NamedCertificate> notYetKnown, String reason)
            implements Loaded {

        public Stale {
            stillTrusted = List.copyOf(stillTrusted);
            notYetKnown = List.copyOf(notYetKnown);
        }
    }

    /**
     * It cannot be told.
     *
     * @param reason why, and what to do, in words
     */
    record Unknown(String reason) implements Loaded {}
}
