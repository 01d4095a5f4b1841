package dev.capstan.controller;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's list, read. An entry is base64 of PEM, as in ARM. Nothing of a list that has an error is used: it was to be
 * refused at the door, so one that got here was written past it.
 *
 * @param certificates the list's set; empty where there is no list
 */
record CertificateList(CertificateSet certificates) {

    private static final String PLACE = "securityProfile.customCATrustCertificates";

    /**
     * Reads the list of a cluster.
     *
     * @throws ReconcileException naming every error of every entry
     */
    static CertificateList of(ManagedCluster.Spec cluster, InstantSource clock) throws ReconcileException {
        ManagedCluster.SecurityProfile profile = cluster.securityProfile();
        List<String> entries = profile == null ? null : profile.customCATrustCertificates();
        if (entries == null || entries.isEmpty()) {
            return new CertificateList(CertificateSet.empty());
        }
        Reading reading = new CertificateReader(clock).readList(entries, PLACE);
        List<String> errors = reading.findings().stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .map(Finding::toString)
                .toList();
        if (!errors.isEmpty()) {
            throw new ReconcileException("InvalidCertificates", String.join("; ", errors));
        }
        return new CertificateList(reading.set());
    }

    /** What NodeTrusts refer to: the fingerprint, or null where there is no list. */
    @Nullable
    String fingerprint() {
        return certificates.isEmpty() ? null : certificates.fingerprint().value();
    }

    /**
     * The CertificateSet object that holds the set.
     *
     * @param keeper who made it, and removes it when nobody needs it any more
     */
    Map<String, Object> manifest(String keeper) {
        return Map.of(
                "apiVersion",
                Names.API_VERSION,
                "kind",
                CertificateSets.KIND,
                "metadata",
                Map.of(
                        "name",
                                CertificateSets.nameOf(
                                        certificates.fingerprint().value()),
                        "labels", Map.of(Names.MANAGED_BY_LABEL, keeper),
                        "annotations",
                                Map.of(
                                        Names.COUNT_ANNOTATION, String.valueOf(certificates.size()),
                                        Names.SUBJECTS_ANNOTATION, subjects())),
                "spec",
                Map.of(
                        "certificates",
                        certificates.certificates().stream()
                                .map(Certificate::pem)
                                .toList()));
    }

    private String subjects() {
        return certificates.certificates().stream().map(Certificate::subject).collect(Collectors.joining("; "));
    }
}
