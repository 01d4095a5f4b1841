package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What this system's own TLS clients trust, in the bundle that Go looks for first (crypto/x509, root_linux.go). */
final class SystemStore {

    private static final List<String> BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private SystemStore() {}

    /** Whom it trusts; nobody where it has no bundle, or one that cannot be read. */
    static Set<Identity> identities() {
        for (var bundle : BUNDLES) {
            if (Files.isReadable(Path.of(bundle))) {
                try {
                    var bytes = Files.readAllBytes(Path.of(bundle));
                    return new CertificateReader(InstantSource.system())
                            .readPem(bytes, Place.of(bundle)).set().certificates().stream()
                                    .map(Certificate::identity)
                                    .collect(Collectors.toUnmodifiableSet());
                } catch (IOException gone) {
                    return Set.of();
                }
            }
        }
        return Set.of();
    }
}
