package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.capstan.certificates.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The distribution's {@code trust extract} over anchors of its own: in a mount namespace of its own, where its module is
 * told to look into two private folders, like {@code /etc/pki/ca-trust/source} and {@code /usr/share/pki/ca-trust-source}.
 */
final class P11Kit {

    /** In which order p11-kit before 0.25.6 reads a folder is the file system's affair; tmpfs lists the newest first. */
    private static final String SCRIPT = """
            set -e
            mkdir -p etc extracted
            mount --bind modules /usr/share/p11-kit/modules
            mount -t tmpfs tmpfs etc
            mkdir etc/anchors etc/blocklist
            for folder in anchors blocklist; do
                for file in $(ls staged/$folder | LC_ALL=C sort -r); do cp staged/$folder/$file etc/$folder/; done
                ls -f etc/$folder | grep -v '^[.]' | LC_ALL=C sort -c
            done
            export SOURCE_DATE_EPOCH=1700000000
            extract() { trust extract --overwrite "$@" 2>&1; }
            extract --format=openssl-bundle --filter=certificates --comment extracted/ca-bundle.trust.crt
            extract --format=pem-bundle --filter=ca-anchors --comment --purpose server-auth extracted/tls-ca-bundle.pem
            extract --format=pem-bundle --filter=ca-anchors --comment --purpose email extracted/email-ca-bundle.pem
            extract --format=pem-bundle --filter=ca-anchors --comment --purpose code-signing extracted/objsign-ca-bundle.pem
            extract --format=pem-bundle --filter=ca-anchors --purpose server-auth extracted/ca-bundle.pem
            extract --format=java-cacerts --filter=ca-anchors --purpose server-auth extracted/cacerts
            extract --format=edk2-cacerts --filter=ca-anchors --purpose=server-auth extracted/cacerts.bin
            extract --format=pem-directory-hash --filter=ca-anchors --purpose server-auth extracted/pem
            extract --format=openssl-directory --filter=ca-anchors extracted/openssl
            """;

    private final Path folder;

    private P11Kit(Path folder) {
        this.folder = folder;
    }

    static P11Kit in(Path folder) throws IOException {
        for (String name : List.of("modules", "staged/anchors", "staged/blocklist", "vendor/anchors")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.writeString(folder.resolve("modules/p11-kit-trust.module"), """
                module: p11-kit-trust.so
                priority: 1
                trust-policy: yes
                x-init-reserved: paths=%1$s/etc:%1$s/vendor
                """.formatted(folder));
        return new P11Kit(folder);
    }

    /** What the distribution ships: a file in which anchors and other things may stand. */
    void ship(String name, String content) throws IOException {
        Files.writeString(folder.resolve("vendor").resolve(name), content);
    }

    /** An anchor of the administrator. */
    void anchor(String name, Certificate certificate) throws IOException {
        Files.writeString(folder.resolve("staged/anchors").resolve(name), certificate.pem());
    }

    void block(String name, Certificate certificate) throws IOException {
        Files.writeString(folder.resolve("staged/blocklist").resolve(name), certificate.pem());
    }

    /** Our anchors, and none that were ours before. */
    void ours(List<Certificate> certificates) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("staged/anchors"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("capstan-"))
                    .toList()) {
                Files.delete(file);
            }
        }
        for (Certificate certificate : certificates) {
            anchor("capstan-" + certificate.identity() + ".crt", certificate);
        }
    }

    /** Everything that the tools of RHEL and its kin and of SUSE let p11-kit write. */
    Outputs extract() throws IOException {
        Path script = folder.resolve("extract.sh");
        Files.writeString(script, SCRIPT);
        Tools.run(folder, "unshare", "--mount", "--propagation", "private", "sh", script.toString());
        return new Outputs(folder.resolve("extracted"));
    }

    /** What was written, read at once. */
    static final class Outputs {

        private final SortedMap<String, byte[]> files = new TreeMap<>();
        private final SortedMap<String, Node> pem;
        private final SortedMap<String, Node> openssl;

        Outputs(Path folder) throws IOException {
            for (String name : List.of(
                    "ca-bundle.trust.crt",
                    "tls-ca-bundle.pem",
                    "email-ca-bundle.pem",
                    "objsign-ca-bundle.pem",
                    "ca-bundle.pem",
                    "cacerts",
                    "cacerts.bin")) {
                files.put(name, Files.readAllBytes(folder.resolve(name)));
            }
            pem = nodes(folder.resolve("pem"));
            openssl = nodes(folder.resolve("openssl"));
        }

        byte[] file(String name) {
            return files.getOrDefault(name, name.getBytes(US_ASCII));
        }

        SortedMap<String, Node> pem() {
            return pem;
        }

        SortedMap<String, Node> openssl() {
            return openssl;
        }
    }

    private static SortedMap<String, Node> nodes(Path folder) throws IOException {
        SortedMap<String, Node> nodes = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.forEach(paths::add);
        }
        for (Path path : paths) {
            nodes.put(
                    path.getFileName().toString(),
                    Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                            ? new Node.File(Files.readAllBytes(path))
                            : new Node.Link(Files.readSymbolicLink(path).toString()));
        }
        return nodes;
    }
}
