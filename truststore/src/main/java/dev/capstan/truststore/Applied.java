package dev.capstan.truststore;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What {@link TrustStore#apply} did.
 *
 * @param added what the store did not hold before in every output, sorted
 * @param removed what some output of the store held of ours before and none does now, sorted
 * @param distrusted what some output held before and none does now because it is distrusted, sorted
 * @param written whether anything was written; false when the store already held the set and was intact
 * @param fingerprint of what every output holds and what none does, read back from the store after the write
 * @param remarks what else is worth saying, a sentence each: that the distribution's tool was waited for, what of others
 *     in the store is odd; often empty
 */
public record Applied(
        List<Identity> added,
        List<Identity> removed,
        List<Identity> distrusted,
        boolean written,
        Fingerprint fingerprint,
        List<String> remarks) {

    public Applied {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        distrusted = List.copyOf(distrusted);
        remarks = List.copyOf(remarks);
    }
}
