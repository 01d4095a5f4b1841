package dev.capstan.runtime;

import dev.capstan.certificates.Identity;

/**
 * A certificate by its identity, and by its subject for people.
 *
 * @param identity SHA-256 of its DER encoding
 * @param subject its subject as an RFC 2253 name; its identity where it has none that can be read
 */
public record NamedCertificate(Identity identity, String subject) {

    @Override
    public String toString() {
        return subject.equals(identity.hex()) ? subject : subject + " (" + identity + ")";
    }
}
