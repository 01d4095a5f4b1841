package dev.capstan.resources;

import java.util.List;

/**
 * {@code CertificateSet}: a certificate set, stored once and never changed. Its name is its fingerprint, so whoever
 * reads it can and does check that it is whole.
 */
public final class CertificateSets {

    public static final String KIND = "CertificateSet";
    public static final String PLURAL = "certificatesets";

    private CertificateSets() {}

    /** The object name of the set with this fingerprint: a name may hold no colon, {@code v1:ab…} becomes {@code v1-ab…}. */
    public static String nameOf(String fingerprint) {
        return fingerprint.replace(':', '-');
    }

    /**
     * The set's content.
     *
     * @param certificates each certificate as PEM, sorted by identity
     */
    public record Spec(List<String> certificates) {}
}
