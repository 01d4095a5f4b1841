package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is taken by what carries certificates to nodes: the one rule of every door. A list is counted in certificates,
 * after its entries are taken apart and the same ones put together, as AKS counts. The Secret has a size and no number.
 */
public final class Limits {

    /** AKS: a cluster's list takes so many different certificates. */
    public static final int MOST_IN_LIST = 10;

    /** What a node's first data can be on AKS: Azure's customData, of which certificates are a part. */
    static final int MOST_AT_BOOT = 64 * 1024;

    /** The most that the values of a Secret may have together (Kubernetes: MaxSecretSize). */
    static final int MOST_IN_SECRET = 1024 * 1024;

    /** The most that an object's annotations may have together (Kubernetes: TotalAnnotationSizeLimitB). */
    static final int MOST_IN_ANNOTATIONS = 256 * 1024;

    private static final String SECRET = "kube-system/custom-ca-trust-secret";

    private Limits() {}

    /** Of a cluster's list. */
    public static List<Finding> ofList(CertificateSet set, Place whole) {
        List<Finding> findings = new ArrayList<>();
        if (set.size() > MOST_IN_LIST) {
            findings.add(new Finding(
                    FindingCode.OVER_LIMIT,
                    whole,
                    "there are " + set.size() + " different certificates; a cluster's list takes " + MOST_IN_LIST + ".",
                    "Leave out what is not needed, or use the Secret " + SECRET + ", which takes more."));
        }
        long size = set.certificates().stream()
                .mapToLong(certificate -> encoded(certificate.pem().length()))
                .sum();
        if (size > MOST_AT_BOOT) {
            findings.add(overSize(
                    whole,
                    "the certificates take " + size + " bytes as a list carries them; the data that a node is born with"
                            + " takes " + MOST_AT_BOOT + " on AKS.",
                    "Leave out what is not needed, or use the Secret " + SECRET + "."));
        }
        return findings;
    }

    /**
     * Of a Secret.
     *
     * @param bytes what its values have together, decoded
     */
    public static List<Finding> ofSecret(long bytes, Place whole) {
        return bytes <= MOST_IN_SECRET
                ? List.of()
                : List.of(overSize(
                        whole,
                        "the values take " + bytes + " bytes together; a Secret takes " + MOST_IN_SECRET
                                + ", and the API server refuses a larger one.",
                        "Leave out what is not needed."));
    }

    /**
     * Of a manifest that kubectl applies, which leaves a copy of it in an annotation.
     *
     * @param bytes what its values have together, decoded
     */
    public static List<Finding> ofManifest(long bytes, Place whole) {
        return bytes > MOST_IN_SECRET || encoded(bytes) <= MOST_IN_ANNOTATIONS
                ? ofSecret(bytes, whole)
                : List.of(overSize(
                        whole,
                        "the values take " + encoded(bytes) + " bytes as base64; kubectl apply leaves a copy of them in"
                                + " an annotation, and annotations take " + MOST_IN_ANNOTATIONS + ".",
                        "Apply it with kubectl apply --server-side, which leaves no copy."));
    }

    /** Of a file that may become either. */
    public static List<Finding> ofFile(CertificateSet set, Place whole) {
        List<Finding> ofSecret = ofManifest(set.pem().length(), whole);
        List<Finding> findings = new ArrayList<>(ofList(set, whole));
        if (!ofSecret.isEmpty()) {
            // What is too large for the one that takes more need not be said of the other.
            findings.removeIf(finding -> finding.code() == FindingCode.OVER_SIZE);
            findings.addAll(ofSecret);
        }
        return findings;
    }

    private static long encoded(long bytes) {
        return (bytes + 2) / 3 * 4;
    }

    private static Finding overSize(Place whole, String message, String fix) {
        return new Finding(FindingCode.OVER_SIZE, whole, message, fix);
    }
}
