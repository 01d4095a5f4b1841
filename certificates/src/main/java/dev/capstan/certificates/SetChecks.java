package dev.capstan.certificates;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be said of certificates beside each other. */
public final class SetChecks {

    /** AKS: a cluster's list takes so many different certificates. */
    public static final int MOST_IN_LIST = 10;

    /** What of a node's first data certificates can take on AKS: Azure's customData has 64 KiB. */
    private static final int MOST_AT_BOOT = 64 * 1024;

    /** The most that the values of a Secret may have together (Kubernetes: MaxSecretSize). */
    private static final int MOST_IN_SECRET = 1024 * 1024;

    private SetChecks() {}

    /** Renewals, cross-signed CAs, and intermediates whose issuer is not among them. */
    static List<Finding> relations(List<Reading.Sourced> certificates, Place whole) {
        EntryFindings findings = new EntryFindings(whole);
        Set<ByteBuffer> subjects = new HashSet<>();
        certificates.forEach(
                sourced -> subjects.add(ByteBuffer.wrap(sourced.certificate().subjectDer())));
        Map<List<ByteBuffer>, Reading.Sourced> authorities = new HashMap<>();
        for (Reading.Sourced sourced : certificates) {
            Certificate certificate = sourced.certificate();
            ByteBuffer subject = ByteBuffer.wrap(certificate.subjectDer());
            ByteBuffer issuer = ByteBuffer.wrap(certificate.issuerDer());
            Reading.Sourced first =
                    authorities.putIfAbsent(List.of(subject, ByteBuffer.wrap(certificate.keyDer())), sourced);
            if (first != null) {
                findings.add(sameAuthority(first, sourced));
            }
            if (!subjects.contains(issuer)) {
                findings.add(
                        FindingCode.WITHOUT_ISSUER,
                        sourced.place(),
                        certificate.subject()
                                + " is an intermediate, and the CA that issued it is not here. OpenSSL and"
                                + " what is built on it then trust nothing of it, unless the system's own store has that CA.",
                        "Add the certificate of the CA that issued it, up to the root.");
            }
        }
        return findings.list();
    }

    private static Finding sameAuthority(Reading.Sourced first, Reading.Sourced second) {
        boolean renewed = ByteBuffer.wrap(first.certificate().issuerDer())
                .equals(ByteBuffer.wrap(second.certificate().issuerDer()));
        String subject = second.certificate().subject();
        return renewed
                ? new Finding(
                        FindingCode.RENEWAL,
                        second.place(),
                        subject + " has the name and the key of another certificate (" + first.place()
                                + "): one is the renewal of the other.",
                        "Nothing need be done; the older one can go when nothing refers to it.")
                : new Finding(
                        FindingCode.CROSS_SIGNED,
                        second.place(),
                        subject + " has the name and the key of another certificate (" + first.place()
                                + ") and another issuer: the CA is certified by two.",
                        "Nothing need be done; one of them is enough where its own root is here.");
    }

    /** Which of these the system's own store has already. */
    public static List<Finding> alreadyTrusted(Reading reading, Collection<Identity> system) {
        return reading.certificates().stream()
                .filter(sourced -> system.contains(sourced.certificate().identity()))
                .map(sourced -> new Finding(
                        FindingCode.ALREADY_TRUSTED,
                        sourced.place(),
                        sourced.certificate().subject() + " is in the trust store of this system already.",
                        "Nothing need be done; keep it where nodes run another system, or an older one."))
                .toList();
    }

    /** Whether they are more, or larger, than what can carry them. */
    public static List<Finding> limits(CertificateSet set, Place whole) {
        List<Finding> findings = new ArrayList<>();
        if (set.size() > MOST_IN_LIST) {
            findings.add(
                    new Finding(
                            FindingCode.OVER_LIMIT,
                            whole,
                            "there are " + set.size() + " different certificates; a cluster's list takes "
                                    + MOST_IN_LIST + ".",
                            "Leave out what is not needed, or use the Secret kube-system/custom-ca-trust-secret, which takes more."));
        }
        int size = set.pem().length();
        if (size > MOST_IN_SECRET) {
            findings.add(overSize(whole, size, MOST_IN_SECRET, "a Secret takes", "Leave out what is not needed."));
        } else if (size > MOST_AT_BOOT) {
            findings.add(overSize(
                    whole,
                    size,
                    MOST_AT_BOOT,
                    "the data a node is born with takes on AKS",
                    "Leave out what is not needed, or use the Secret kube-system/custom-ca-trust-secret."));
        }
        return findings;
    }

    private static Finding overSize(Place whole, int size, int most, String what, String fix) {
        return new Finding(
                FindingCode.OVER_SIZE,
                whole,
                "the certificates take " + size + " bytes as PEM; " + what + " " + most + ".",
                fix);
    }
}
