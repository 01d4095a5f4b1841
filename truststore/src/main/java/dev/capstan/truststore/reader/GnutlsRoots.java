package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The roots as GnuTLS loads them. On distributions built around p11-kit it asks p11-kit, so that what is laid into an
 * anchors folder counts at once; everywhere else it reads the bundle, whole or not at all.
 */
record GnutlsRoots(RootFiles files, Decoder decoder) {

    /** The bundles that distributions without p11-kit build it with: Debian, Alpine and Flatcar. */
    private static final List<String> BUNDLES = List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem");

    View view() throws IOException {
        Optional<P11KitSource> source = P11KitSource.of(files, decoder);
        if (source.isPresent()) {
            return source.get().view();
        }
        for (String bundle : BUNDLES) {
            if (files.exists(bundle)) {
                return bundle(bundle);
            }
        }
        return failing(BUNDLES.getFirst(), "there is no bundle");
    }

    private View bundle(String path) {
        NavigableMap<Identity, String> certificates = new TreeMap<>();
        try {
            GnutlsPem.read(files.read(path), decoder)
                    .forEach(certificate -> certificates.put(certificate.identity(), path));
        } catch (IOException unreadable) {
            return failing(path, RootFiles.why(unreadable));
        } catch (BrokenBlock broken) {
            return failing(path, broken.getMessage() + ", so that nothing of the file is taken");
        }
        return certificates.isEmpty()
                ? failing(path, "it holds no certificate")
                : new View.Trusting(Client.GNUTLS, List.of(path), certificates, Map.of(), List.of());
    }

    private static View failing(String path, String words) {
        return new View.Failing(Client.GNUTLS, new View.Fault(path, words, Remedy.REBUILD));
    }
}
