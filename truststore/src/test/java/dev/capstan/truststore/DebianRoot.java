package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder that looks like a Debian root with a small store: some of this machine's own distribution certificates, laid
 * out by hand as update-ca-certificates does, and read by hand as OpenSSL does.
 */
record DebianRoot(Path path) {

    static final int DISTRIBUTION = 6;

    static DebianRoot make(Path path) throws IOException {
        DebianRoot root = new DebianRoot(path);
        Files.createDirectories(root.outputs());
        Files.createDirectories(root.anchors());
        Files.createDirectories(path.resolve("usr/sbin"));
        Files.createDirectories(path.resolve("usr/share/ca-certificates/mozilla"));
        Files.writeString(path.resolve("usr/sbin/update-ca-certificates"), "#!/bin/sh\n");
        Files.writeString(path.resolve("etc/debian_version"), "12.0\n");
        List<Path> some;
        try (Stream<Path> files = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            some = files.sorted().limit(DISTRIBUTION).toList();
        }
        StringBuilder bundle = new StringBuilder();
        StringBuilder selection = new StringBuilder("# comment\n");
        for (Path file : some) {
            String name = file.getFileName().toString();
            Files.copy(file, path.resolve("usr/share/ca-certificates/mozilla").resolve(name));
            bundle.append(Files.readString(file, ISO_8859_1));
            selection.append("mozilla/").append(name).append('\n');
            root.link(name.replace(".crt", ".pem"), "/usr/share/ca-certificates/mozilla/" + name);
        }
        Files.writeString(root.bundle(), bundle, ISO_8859_1);
        Files.writeString(path.resolve("etc/ca-certificates.conf"), selection);
        return root;
    }

    /** Makes the two links of an anchor, the hash link at the next free number. */
    void link(String name, String target) throws IOException {
        Files.createSymbolicLink(outputs().resolve(name), Path.of(target));
        Certificate certificate =
                Authority.read(path.resolve(target.substring(1))).certificates().getFirst();
        int number = 0;
        while (Files.exists(outputs().resolve(SubjectHash.of(certificate) + "." + number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        Files.createSymbolicLink(outputs().resolve(SubjectHash.of(certificate) + "." + number), Path.of(name));
    }

    /** Lays down a local anchor of an administrator and does to the store what the distribution's tool would. */
    void addLocal(String name, Authority authority) throws IOException {
        Files.writeString(anchors().resolve(name), authority.certificate().pem());
        link(name.replace(".crt", ".pem"), "/usr/local/share/ca-certificates/" + name);
        Files.writeString(
                bundle(),
                Files.readString(bundle(), ISO_8859_1) + authority.certificate().pem(),
                ISO_8859_1);
    }

    Path outputs() {
        return path.resolve("etc/ssl/certs");
    }

    Path anchors() {
        return path.resolve("usr/local/share/ca-certificates");
    }

    Path bundle() {
        return outputs().resolve("ca-certificates.crt");
    }

    Path anchor(Authority authority) {
        return anchors().resolve("capstan-" + authority.certificate().identity() + ".crt");
    }

    Path pemLink(Authority authority) {
        return outputs().resolve("capstan-" + authority.certificate().identity() + ".pem");
    }

    Path hashLink(Authority authority, int number) {
        return outputs().resolve(SubjectHash.of(authority.certificate()) + "." + number);
    }

    /** The certificates of the bundle; fails on a cut block, and on text that is neither block nor empty. */
    List<Identity> inBundle() throws IOException {
        String text = Files.readString(bundle(), ISO_8859_1);
        if (!text.endsWith("-----END CERTIFICATE-----\n")) {
            throw new IllegalStateException("the bundle is cut");
        }
        Bundle bundle = Bundle.parse(text.getBytes(ISO_8859_1));
        if (!bundle.broken().isEmpty()) {
            throw new IllegalStateException("the bundle has a cut block");
        }
        return bundle.identities();
    }

    /** The certificates that a reader with OpenSSL's way of searching finds under this certificate's subject. */
    Set<Identity> byHash(Certificate certificate) throws IOException {
        Set<Identity> found = new HashSet<>();
        for (int number = 0; ; number++) {
            Path file = RootPath.resolve(path, Path.of("etc/ssl/certs", SubjectHash.of(certificate) + "." + number));
            if (!Files.exists(file)) {
                return found;
            }
            found.addAll(Bundle.parse(Files.readAllBytes(file)).identities());
        }
    }

    /** The store is intact, and of these authorities it holds the given ones in every output, and no other. */
    void assertHolds(List<Authority> all, Authority... held) throws Exception {
        CertificateSet set = Authority.set(held);
        Contents contents = TrustStore.at(path).read();
        assertThat(contents.damages()).isEmpty();
        assertThat(contents.fingerprint()).isEqualTo(set.fingerprint());
        List<Identity> bundle = inBundle();
        assertThat(bundle).doesNotHaveDuplicates();
        for (Authority authority : all) {
            boolean there = set.contains(authority.certificate().identity());
            assertThat(bundle.contains(authority.certificate().identity()))
                    .as(authority.name())
                    .isEqualTo(there);
            assertThat(byHash(authority.certificate())
                            .contains(authority.certificate().identity()))
                    .as(authority.name())
                    .isEqualTo(there);
            assertThat(Files.exists(anchor(authority))).isEqualTo(there);
            assertThat(Files.isSymbolicLink(pemLink(authority))).isEqualTo(there);
        }
    }

    /** Every file and link of the root: its content or target, mode, and time of change with nanoseconds. */
    Map<String, String> snapshot() throws IOException {
        return snapshot(true);
    }

    Map<String, String> snapshot(boolean times) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(path)) {
            files.forEach(all::add);
        }
        for (Path file : all) {
            String content = Files.isSymbolicLink(file)
                    ? "-> " + Files.readSymbolicLink(file)
                    : Files.isDirectory(file) ? "folder" : Files.readString(file, ISO_8859_1);
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            entries.put(
                    path.relativize(file).toString(),
                    content
                            + (Files.isSymbolicLink(file) ? "" : " " + Files.getPosixFilePermissions(file))
                            + (times
                                    ? " " + Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS) + " "
                                            + attributes.fileKey()
                                    : ""));
        }
        return entries;
    }

    /** The same without what Capstan remembers for itself. */
    Map<String, String> store() throws IOException {
        Map<String, String> entries = snapshot(false);
        entries.keySet().removeIf(name -> name.startsWith("var"));
        return entries;
    }
}
