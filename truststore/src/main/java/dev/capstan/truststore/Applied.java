package dev.capstan.truststore;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What {@link TrustStore#apply} did.
 *
 * @param added what the store did not hold before in every output, sorted
 * @param removed what some output of the store held of ours before and none does now, sorted
 * @param written whether anything was written; false when the store already held the set and was intact
 * @param fingerprint of what every output holds now, read back from the store after the write
 */
public record Applied(List<Identity> added, List<Identity> removed, boolean written, Fingerprint fingerprint) {

    public Applied {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }
}
