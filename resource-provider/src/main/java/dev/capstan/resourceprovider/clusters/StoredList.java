package dev.capstan.resourceprovider.clusters;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resources.ManagedCluster;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of a cluster as it is stored, as a certificate set. */
final class StoredList {

    private final CertificateReader reader;

    StoredList(InstantSource clock) {
        reader = new CertificateReader(clock);
    }

    /** The set; an empty one where there is no list. */
    CertificateSet set(ManagedCluster.Spec spec) {
        ManagedCluster.SecurityProfile profile = spec.securityProfile();
        List<String> entries = profile == null ? null : profile.customCATrustCertificates();
        return entries == null
                ? CertificateSet.empty()
                : reader.readList(entries, Certificates.TARGET).set();
    }

    /** The answer, telling the audit log what its request did to the list; null is a cluster that was not, or will not be. */
    ArmAnswer audited(ArmAnswer answer, ManagedCluster.@Nullable Spec before, ManagedCluster.@Nullable Spec after) {
        return answer.audited(fingerprint(before), fingerprint(after));
    }

    private @Nullable String fingerprint(ManagedCluster.@Nullable Spec spec) {
        CertificateSet set = spec == null ? CertificateSet.empty() : set(spec);
        return set.certificates().isEmpty() ? null : set.fingerprint().value();
    }
}
