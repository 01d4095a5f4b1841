package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.cli.session.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The subjects of certificates, as far as they are known, beside their identities. */
final class Names {

    private final Map<Identity, String> subjects = new HashMap<>();

    Names and(CertificateSet set) {
        for (Certificate certificate : set.certificates()) {
            subjects.put(certificate.identity(), certificate.subject());
        }
        return this;
    }

    Names and(Identity identity, String subject) {
        subjects.putIfAbsent(identity, subject);
        return this;
    }

    /** The subject; empty where only the identity is known. */
    String subject(Identity identity) {
        return subjects.getOrDefault(identity, "");
    }

    /** Lines of a sign, a subject and an identity. */
    String lines(String sign, Collection<Identity> identities) {
        var text = new StringBuilder();
        for (var identity : identities) {
            text.append(String.format("  %s %s%n", sign, (subject(identity) + "  SHA-256 " + identity).strip()));
        }
        return text.toString();
    }

    /** A list of objects: identity and subject. */
    ArrayNode json(Collection<Identity> identities) {
        var list = Json.array();
        for (var identity : identities) {
            list.addObject().put("sha256", identity.hex()).put("subject", subject(identity));
        }
        return list;
    }
}
