package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder that is the root of a Debian machine as far as the trust store goes: some of this machine's own distribution
 * certificates, laid out by the real update-ca-certificates, and a Java keystore as ca-certificates-java fills it. The
 * tool runs in a mount namespace of its own, where the folders of this root lie over those of this machine.
 */
record StockRoot(Path path) implements AutoCloseable {

    private static final int DISTRIBUTION = 8;

    private static final List<String> WRITTEN_BY_THE_TOOL = List.of(
            "/etc/ssl/certs",
            "/usr/share/ca-certificates",
            "/usr/local/share/ca-certificates",
            "/etc/ca-certificates",
            "/etc/ca-certificates.conf");

    static StockRoot make(Path path) throws IOException {
        return make(path, DISTRIBUTION);
    }

    /** One with so many of the distribution's certificates, or all. */
    static StockRoot make(Path path, int most) throws IOException {
        StockRoot root = new StockRoot(path);
        Files.createDirectories(root.outputs());
        Files.createDirectories(root.anchors());
        Files.createDirectories(path.resolve("etc/ca-certificates/update.d"));
        Files.createDirectories(path.resolve("usr/sbin"));
        Path stock = Files.createDirectories(path.resolve("usr/share/ca-certificates/mozilla"));
        Files.writeString(path.resolve("etc/debian_version"), "12.0\n");
        Files.copy(Path.of("/usr/sbin/update-ca-certificates"), path.resolve("usr/sbin/update-ca-certificates"));
        StringBuilder listed = new StringBuilder("# a comment\n");
        try (Stream<Path> files = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            for (Path file : files.sorted().limit(most).toList()) {
                Files.copy(file, stock.resolve(file.getFileName()));
                listed.append("mozilla/").append(file.getFileName()).append('\n');
            }
        }
        Files.writeString(path.resolve("etc/ca-certificates.conf"), listed);
        root.tool().succeeded();
        return root;
    }

    /** Gives the root the Java keystore that ca-certificates-java makes of its links. */
    StockRoot withKeystore() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, null);
            try (Stream<Path> files = Files.list(outputs())) {
                for (Path link :
                        files.filter(file -> file.toString().endsWith(".pem")).toList()) {
                    try (InputStream certificate = Files.newInputStream(follow(link))) {
                        store.setCertificateEntry(
                                "debian:" + link.getFileName().toString().toLowerCase(Locale.ROOT),
                                CertificateFactory.getInstance("X.509").generateCertificate(certificate));
                    }
                }
            }
            Files.createDirectory(keystore().getParent());
            try (OutputStream file = Files.newOutputStream(keystore())) {
                store.store(file, "changeit".toCharArray());
            }
            return this;
        } catch (GeneralSecurityException broken) {
            throw new IOException(broken);
        }
    }

    /** A copy with all modes, owners, times and links. */
    StockRoot copy(Path to) {
        Programs.run(List.of("cp", "-a", path.toString(), to.toString())).succeeded();
        return new StockRoot(to);
    }

    /** Removes it all, by a program: JUnit warns of each link that leads out of its folder. */
    @Override
    public void close() {
        Programs.run(List.of("rm", "-rf", path.toString())).succeeded();
    }

    /** Runs the distribution's own tool on this root. */
    Programs.Result tool(String... arguments) {
        StringBuilder script = new StringBuilder();
        for (String written : WRITTEN_BY_THE_TOOL) {
            script.append("mount --bind ")
                    .append(path)
                    .append(written)
                    .append(' ')
                    .append(written)
                    .append('\n');
        }
        // The tool lets sort follow the locale; Debian runs it with none.
        script.append("exec env -u LC_ALL update-ca-certificates ").append(String.join(" ", arguments));
        return Programs.run(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", script.toString()));
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

    Path keystore() {
        return outputs().resolve("java/cacerts");
    }

    Path anchor(Certificate certificate) {
        return anchors().resolve("capstan-" + certificate.identity() + ".crt");
    }

    /** Marks one of the distribution's certificates as not to be used, as an administrator would. */
    void deselect(Certificate certificate) throws IOException {
        Path folder = path.resolve("usr/share/ca-certificates");
        Path selection = path.resolve("etc/ca-certificates.conf");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Authority.read(file).contains(certificate.identity())) {
                    String line = folder.relativize(file).toString();
                    Files.writeString(
                            selection, Files.readString(selection).replace("\n" + line + "\n", "\n!" + line + "\n"));
                }
            }
        }
    }

    /** Every certificate of the bundle as it is: the distribution's own, and an administrator's. */
    List<Certificate> stock() {
        return Authority.read(bundle()).certificates();
    }

    /** Where a path ends whose last part may be a link, as a process with this root as its {@code /} follows it. */
    Path follow(Path file) throws IOException {
        Path at = file;
        for (int links = 0; Files.isSymbolicLink(at); links++) {
            if (links > 40) {
                throw new IOException("links in a circle: " + file);
            }
            Path target = Files.readSymbolicLink(at);
            at = target.isAbsolute() ? path.resolve(target.toString().substring(1)) : at.resolveSibling(target);
        }
        return at;
    }

    /** Every file and link but the tool itself and what Capstan remembers for itself: content or target, and mode. */
    Map<String, String> snapshot() throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.toList()) {
                String name = path.relativize(file).toString();
                if (!name.startsWith("var") && !name.startsWith("usr/sbin/")) {
                    entries.put(name, content(file));
                }
            }
        }
        return entries;
    }

    /** What differs between two snapshots, a line each; empty where nothing does. */
    static List<String> difference(Map<String, String> expected, Map<String, String> found) {
        Set<String> paths = new TreeSet<>(expected.keySet());
        paths.addAll(found.keySet());
        return paths.stream()
                .filter(path -> !Objects.equals(expected.get(path), found.get(path)))
                .map(path -> path + ": expected " + expected.getOrDefault(path, "nothing") + " but found "
                        + found.getOrDefault(path, "nothing"))
                .toList();
    }

    private static String content(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "-> " + Files.readSymbolicLink(file);
        }
        String mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) + " "
                + Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return (Files.isDirectory(file) ? "folder" : Files.readString(file, ISO_8859_1)) + " " + mode;
    }
}
