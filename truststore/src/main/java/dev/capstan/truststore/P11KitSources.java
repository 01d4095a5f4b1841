package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.DerElement;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.PemBundle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What p11-kit has certificates from: which are there by whose hand, and in which order it meets them. What its own
 * files say of a certificate is not read, the outputs have that already; see docs/decisions/0012.
 */
final class P11KitSources {

    static final String SUFFIX = ".crt";

    private static final String OURS = "capstan-";

    private final Root root;
    private final P11KitLayout layout;

    /** Ours in the folder of anchors; whether the file is what it shall be. */
    final Map<Identity, Boolean> anchors = new TreeMap<>();

    /** Ours in the folder of what nobody shall trust; likewise. */
    final Map<Identity, Boolean> blocked = new TreeMap<>();

    /** A certificate that others have put there. */
    record Foreign(Identity identity, String path, boolean administrators) {}

    /** All of those, but for what they want nobody to trust. */
    final List<Foreign> foreign = new ArrayList<>();

    /** Their identities. */
    final Set<Identity> explained = new HashSet<>();

    /** What p11-kit meets before ours. */
    final Set<Identity> first = new HashSet<>();

    private final Map<Identity, byte[]> ders = new HashMap<>();

    P11KitSources(Root root, P11KitLayout layout) throws IOException {
        this.root = root;
        this.layout = layout;
        for (String source : layout.sources()) {
            boolean administrators = source.equals(layout.sources().getFirst());
            read(source, administrators, administrators);
            read(source + "/anchors", administrators, false);
        }
        for (String name : names(layout.blocked())) {
            Optional<Identity> owner = Ours.owner(name, SUFFIX);
            if (owner.isPresent()) {
                blocked.put(owner.get(), isSound(layout.blocked() + "/" + name, owner.get()));
            }
        }
    }

    private void read(String folder, boolean administrators, boolean isFirst) throws IOException {
        for (String name : names(folder)) {
            String path = folder + "/" + name;
            Optional<Identity> owner = folder.equals(layout.anchors()) ? Ours.owner(name, SUFFIX) : Optional.empty();
            if (owner.isPresent()) {
                anchors.put(owner.get(), isSound(path, owner.get()));
                continue;
            }
            boolean before = isFirst || (folder.equals(layout.anchors()) && name.compareTo(OURS) < 0);
            for (byte[] der : certificates(root.read(path).orElse(new byte[0]))) {
                Identity identity = Identity.ofDer(der);
                foreign.add(new Foreign(identity, path, administrators));
                explained.add(identity);
                ders.put(identity, der);
                if (before) {
                    first.add(identity);
                }
            }
        }
    }

    /** The files, links to such included, in p11-kit's order: by the bytes of their names. */
    private List<String> names(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        if (root.isFolder(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
                for (Path file : files) {
                    String name = PathText.of(file.getFileName());
                    if (Files.isRegularFile(root.file(PathText.path(folder + "/" + name)), LinkOption.NOFOLLOW_LINKS)) {
                        names.add(name);
                    }
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    private boolean isSound(String path, Identity identity) throws IOException {
        byte[] bytes = root.read(path).orElse(new byte[0]);
        List<byte[]> held = certificates(bytes);
        if (held.size() != 1 || !Identity.ofDer(held.getFirst()).equals(identity)) {
            return false;
        }
        ders.put(identity, held.getFirst());
        return new String(bytes, ISO_8859_1).startsWith("-----BEGIN CERTIFICATE-----\n");
    }

    /** The certificates of a file: PEM blocks, or one in DER, as p11-kit takes both. */
    private static List<byte[]> certificates(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] == DerElement.SEQUENCE) {
            try {
                return DerElement.first(bytes).size() == bytes.length ? List.of(bytes) : List.of();
            } catch (IllegalArgumentException other) {
                // Not DER; a file of others that p11-kit does not take either.
                return List.of();
            }
        }
        return new PemBundle()
                .read(bytes).entries().stream().map(Held.Entry::der).toList();
    }

    /** A certificate of others. */
    byte[] der(Foreign certificate) {
        return ders.getOrDefault(certificate.identity(), new byte[0]);
    }

    String anchorPath(Identity identity) {
        return layout.anchors() + "/" + Ours.name(identity, SUFFIX);
    }

    String blockedPath(Identity identity) {
        return layout.blocked() + "/" + Ours.name(identity, SUFFIX);
    }

    /** Those of these that others ship and that are certificates of CAs, sorted: what is to be kept out by a file. */
    List<Certificate> toBlock(Set<Identity> distrusted) {
        List<Certificate> certificates = new ArrayList<>();
        for (Identity identity : distrusted) {
            byte[] der = ders.get(identity);
            if (der != null && explained.contains(identity)) {
                certificates.addAll(read(der));
            }
        }
        Collections.sort(certificates);
        return certificates;
    }

    /** The certificate, if it is one of a CA. */
    static List<Certificate> read(byte[] der) {
        return new CertificateReader(InstantSource.system())
                .readPem(Bundle.pem(der), Place.of(""))
                .set()
                .certificates();
    }
}
