package dev.capstan.truststore.reader;

import dev.capstan.certificates.DerElement;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The folders that p11-kit's trust module reads (trust/token.c), an administrator's and the distribution's. Of each: the
 * files in it say themselves whom they trust, those in {@code anchors} are trusted, and those in {@code blocklist} are
 * trusted by nobody, wherever else they lie. No folder below them is read. A file that is no certificate is passed over.
 */
record P11KitSource(RootFiles files, Decoder decoder, List<String> folders) {

    /** By distribution: the Red Hat family, SUSE, Arch ({@code trust_paths} of their builds). */
    private static final List<List<String>> PLACES = List.of(
            List.of("/etc/pki/ca-trust/source", "/usr/share/pki/ca-trust-source"),
            List.of("/etc/pki/trust", "/usr/share/pki/trust"),
            List.of("/etc/ca-certificates/trust-source", "/usr/share/ca-certificates/trust-source"));

    /** The source of this root; empty if it has none. */
    static Optional<P11KitSource> of(RootFiles files, Decoder decoder) throws IOException {
        for (List<String> folders : PLACES) {
            if (files.isFolder(folders.getFirst())) {
                return Optional.of(new P11KitSource(files, decoder, folders));
            }
        }
        return Optional.empty();
    }

    View view() throws IOException {
        NavigableMap<Identity, String> trusted = new TreeMap<>();
        Set<Identity> distrusted = new TreeSet<>();
        List<String> places = new ArrayList<>();
        for (String folder : folders) {
            if (!files.isFolder(folder)) {
                continue;
            }
            places.add(folder);
            for (String path : files(folder + "/anchors")) {
                certificates(path).forEach(identity -> trusted.putIfAbsent(identity, path));
            }
            for (String path : files(folder)) {
                P11KitObjects objects = P11KitObjects.of(bytes(path), decoder);
                objects.trusted().forEach(identity -> trusted.putIfAbsent(identity, path));
                distrusted.addAll(objects.distrusted());
            }
            // The second is what the first was called until p11-kit 0.24.
            for (String blocked : List.of("blocklist", "blacklist")) {
                for (String path : files(folder + "/" + blocked)) {
                    distrusted.addAll(certificates(path));
                }
            }
        }
        trusted.keySet().removeAll(distrusted);
        return new View.Trusting(Client.GNUTLS, places, trusted, Map.of(), List.of());
    }

    private List<String> files(String folder) throws IOException {
        List<String> paths = new ArrayList<>();
        for (String name : files.names(folder)) {
            String path = folder + "/" + name;
            if (!files.isFolder(path)) {
                paths.add(path);
            }
        }
        return paths;
    }

    /** Every certificate of a file, in whatever form it is there. */
    private Set<Identity> certificates(String path) {
        byte[] bytes = bytes(path);
        Set<Identity> identities = new HashSet<>();
        if (bytes.length > 0 && bytes[0] == DerElement.SEQUENCE) {
            decoder.decode(bytes).ifPresent(certificate -> identities.add(certificate.identity()));
        } else if (P11KitObjects.isOne(bytes)) {
            P11KitObjects objects = P11KitObjects.of(bytes, decoder);
            identities.addAll(objects.trusted());
            identities.addAll(objects.unsaid());
        } else {
            OpensslPem.read(bytes, decoder)
                    .certificates()
                    .forEach(certificate -> identities.add(certificate.identity()));
        }
        return identities;
    }

    private byte[] bytes(String path) {
        try {
            return files.read(path);
        } catch (IOException passedOver) {
            return new byte[0];
        }
    }
}
