package dev.capstan.cli.certificates;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What this system's own TLS clients trust, in the bundle that Go looks for first (crypto/x509, root_linux.go).
 *
 * <p>The blocks are hashed and not read as certificates: only whether one is among them is asked, and to read and check a
 * hundred and forty takes longer than all the rest of linting one file.
 */
final class SystemStore {

    private static final List<String> BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private SystemStore() {}

    /** Whom it trusts; nobody where it has no bundle, or one that cannot be read. */
    static Set<Identity> identities() {
        for (var bundle : BUNDLES) {
            if (Files.isReadable(Path.of(bundle))) {
                try {
                    return identities(Files.readString(Path.of(bundle), StandardCharsets.ISO_8859_1));
                } catch (IOException gone) {
                    return Set.of();
                }
            }
        }
        return Set.of();
    }

    /** Whom a bundle holds; a block that is not base64 is left out. */
    static Set<Identity> identities(String bundle) {
        Set<Identity> identities = new HashSet<>();
        for (var begin = bundle.indexOf(BEGIN); begin >= 0; begin = bundle.indexOf(BEGIN, begin + BEGIN.length())) {
            var end = bundle.indexOf(END, begin);
            if (end < 0) {
                break;
            }
            decoded(bundle.substring(begin + BEGIN.length(), end))
                    .map(Identity::ofDer)
                    .ifPresent(identities::add);
        }
        return identities;
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getMimeDecoder().decode(base64));
        } catch (IllegalArgumentException garbage) {
            return Optional.empty();
        }
    }
}
