package dev.capstan.certificates;

import java.util.List;

/**
 * What was made of an input: the certificates that can be used, each with the places it came from, and everything worth
 * saying about the input.
 *
 * @param certificates what can be used, in the order it was found; a certificate found twice is there once
 * @param findings in the order of the input
 */
public record Reading(List<Sourced> certificates, List<Finding> findings) {

    public Reading {
        certificates = List.copyOf(certificates);
        findings = List.copyOf(findings);
    }

    /** A certificate and where it was found first. */
    public record Sourced(Certificate certificate, Place place) {}

    /** What can be used, as a set. */
    public CertificateSet set() {
        return CertificateSet.of(certificates.stream().map(Sourced::certificate).toList());
    }

    /** Whether something had to be left out. */
    public boolean hasErrors() {
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
    }
}
