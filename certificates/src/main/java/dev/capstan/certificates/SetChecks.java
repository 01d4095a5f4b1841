package dev.capstan.certificates;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What can be said of certificates beside each other. */
public final class SetChecks {

    private SetChecks() {}

    /** Renewals, cross-signed CAs, and intermediates whose issuer is not among them. */
    static List<Finding> relations(List<Reading.Sourced> certificates, Place whole) {
        EntryFindings findings = new EntryFindings(whole);
        Map<Certificate, Place> places = new HashMap<>();
        certificates.forEach(sourced -> places.put(sourced.certificate(), sourced.place()));
        Issuers issuers = Issuers.among(
                certificates.stream().map(Reading.Sourced::certificate).toList());
        Map<List<Bytes>, Reading.Sourced> authorities = new HashMap<>();
        Map<List<Bytes>, Reading.Sourced> issued = new HashMap<>();
        for (Reading.Sourced sourced : certificates) {
            Certificate certificate = sourced.certificate();
            Bytes subject = Bytes.of(certificate.subjectDer());
            Bytes key = Bytes.of(certificate.keyDer());
            Bytes issuer = Bytes.of(certificate.issuerDer());
            // Of the same issuer before any other: what is said must not depend on the order they come in.
            Reading.Sourced renewed = issued.putIfAbsent(List.of(subject, key, issuer), sourced);
            Reading.Sourced first = authorities.putIfAbsent(List.of(subject, key), sourced);
            if (renewed != null) {
                findings.add(renewal(renewed, sourced));
            } else if (first != null) {
                findings.add(crossSigned(first, sourced));
            }
            if (!Issuers.isSelfSigned(certificate) && issuers.of(certificate).isEmpty()) {
                String namesake = issuers.namesake(certificate)
                        .map(each -> " (" + places.get(each) + " has its name, and did not sign this one)")
                        .orElse("");
                findings.add(
                        FindingCode.WITHOUT_ISSUER,
                        sourced.place(),
                        certificate.subject() + " is an intermediate, and the CA that issued it is not here" + namesake
                                + ". OpenSSL and what is built on it then trust nothing of it, unless the system's own"
                                + " store has that CA.",
                        "Add the certificate of the CA that issued it, up to the root.");
            }
        }
        return findings.list();
    }

    private static Finding renewal(Reading.Sourced first, Reading.Sourced second) {
        return new Finding(
                FindingCode.RENEWAL,
                second.place(),
                second.certificate().subject() + " has the name and the key of another certificate (" + first.place()
                        + "): one is the renewal of the other.",
                "Nothing need be done; the older one can go when nothing refers to it.");
    }

    private static Finding crossSigned(Reading.Sourced first, Reading.Sourced second) {
        return new Finding(
                FindingCode.CROSS_SIGNED,
                second.place(),
                second.certificate().subject() + " has the name and the key of another certificate (" + first.place()
                        + ") and another issuer: the CA is certified by two.",
                "Nothing need be done; one of them is enough where its own root is here.");
    }

    /** Which of these the system's own store has already. */
    public static List<Finding> alreadyTrusted(Reading reading, Collection<Identity> system) {
        return reading.certificates().stream()
                .filter(sourced -> system.contains(sourced.certificate().identity()))
                .map(sourced -> alreadyTrusted(sourced.certificate(), sourced.place()))
                .toList();
    }

    /** What is said of a certificate that the system's own store has already. */
    public static Finding alreadyTrusted(Certificate certificate, Place place) {
        return new Finding(
                FindingCode.ALREADY_TRUSTED,
                place,
                certificate.subject() + " is in the trust store of this system already.",
                "Nothing need be done; keep it where nodes run another system, or an older one.");
    }
}
