package dev.capstan.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The root of a small Debian-like node in a temporary folder, and what its trust store holds, looked up without our code. */
final class NodeRoot {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";
    private static final int DISTRIBUTION_ROOTS = 5;

    private final Path root;

    NodeRoot(Path root) throws IOException {
        this.root = root;
        for (String folder : List.of(
                "etc/ssl/certs",
                "usr/sbin",
                "usr/local/share/ca-certificates",
                "usr/share/ca-certificates/mozilla",
                "var/lib",
                "run/capstan")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("etc/debian_version"), "12.5\n");
        Files.writeString(root.resolve("usr/sbin/update-ca-certificates"), "#!/bin/sh\n");
        StringBuilder bundle = new StringBuilder();
        StringBuilder chosen = new StringBuilder();
        for (int number = 0; number < DISTRIBUTION_ROOTS; number++) {
            String name = "root" + number;
            Path file = root.resolve("usr/share/ca-certificates/mozilla/" + name + ".crt");
            Files.writeString(file, TestPki.root(99 - number));
            Files.createSymbolicLink(
                    root.resolve("etc/ssl/certs/" + name + ".pem"),
                    Path.of("/usr/share/ca-certificates/mozilla/" + name + ".crt"));
            bundle.append(TestPki.root(99 - number));
            chosen.append("mozilla/").append(name).append(".crt\n");
        }
        Files.writeString(root.resolve("etc/ca-certificates.conf"), chosen);
        Files.writeString(bundle(), bundle);
    }

    Path path() {
        return root;
    }

    Path bundle() {
        return root.resolve("etc/ssl/certs/ca-certificates.crt");
    }

    Path agentFolder() {
        return root.resolve("var/lib/capstan/agent");
    }

    /** Writes the agent's properties and credentials, and answers the properties file. */
    Path properties(String server, String... more) throws IOException {
        Files.writeString(root.resolve("run/capstan/ca.crt"), TestPki.authority());
        Files.writeString(root.resolve("run/capstan/token"), FakeApi.TOKEN);
        return Files.writeString(
                root.resolve("run/capstan/agent.properties"),
                "server = " + server + "\ncertificate-authority = " + root.resolve("run/capstan/ca.crt") + "\ntoken = "
                        + root.resolve("run/capstan/token") + "\nnode = " + FakeApi.NODE + "\nroot = " + root + "\n"
                        + String.join("\n", more));
    }

    /** A proc file system in which nothing runs, of a machine that came up just now: the root's files are no younger. */
    static Path proc(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("sys/kernel/random"));
        Files.writeString(folder.resolve("sys/kernel/random/boot_id"), "7f1c2a4e-0000-4000-8000-000000000001\n");
        Files.writeString(folder.resolve("uptime"), "10.00 5.00\n");
        Files.writeString(folder.resolve("stat"), "btime " + (System.currentTimeMillis() / 1000 - 10) + "\n");
        return folder;
    }

    /** Makes a containerd of lane Isolated appear in this proc file system, started so long after boot. */
    void containerd(Path proc, int pid, int startedSeconds) throws IOException {
        Path roots =
                Files.createDirectories(root.resolve("var/lib/capstan/runtime")).resolve("distribution-roots.pem");
        Files.createDirectories(root.resolve("var/lib/capstan/runtime/no-certificates"));
        Files.writeString(roots, TestPki.root(99));
        configured("/etc/containerd/certs.d");
        startContainerd(proc, pid, startedSeconds);
    }

    /** Has containerd configured with this root of host directories; with none where it is empty. */
    void configured(String configPath) throws IOException {
        FakeContainerd.in(root, configPath);
        Files.createDirectories(root.resolve("etc/containerd/certs.d/_default"));
    }

    /** Makes a containerd of lane Isolated appear that finds its files as they are. */
    void startContainerd(Path proc, int pid, int startedSeconds) throws IOException {
        startContainerd(
                proc,
                pid,
                startedSeconds,
                "SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem\0"
                        + "SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates\0");
    }

    /** Makes a containerd with this environment appear that finds its files as they are. */
    void startContainerd(Path proc, int pid, int startedSeconds, String environment) throws IOException {
        Path beside = Files.createDirectories(proc.resolve("new"));
        Files.writeString(beside.resolve("comm"), "containerd\n");
        Files.writeString(
                beside.resolve("stat"),
                pid + " (containerd) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 " + startedSeconds * 100 + " 0 0\n");
        Files.createSymbolicLink(beside.resolve("exe"), Path.of("/usr/bin/containerd"));
        Files.createSymbolicLink(beside.resolve("root"), root);
        Files.writeString(beside.resolve("cmdline"), "/usr/bin/containerd\0");
        Files.writeString(beside.resolve("environ"), environment);
        Files.move(beside, proc.resolve(Integer.toString(pid)));
    }

    /** What the runtime is shown; empty where there is no file. */
    String shown() throws IOException {
        Path file = root.resolve("etc/containerd/certs.d/_default/capstan.crt");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** The certificates of a file, as SHA-256 of their DER. */
    static Set<String> certificates(Path file) throws IOException {
        Set<String> held = new TreeSet<>();
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
            held.add(identity(text.substring(at, text.indexOf("-----END", at))));
        }
        return held;
    }

    /** The bundle's certificates beside the distribution's, as SHA-256 of their DER. */
    Set<String> held() {
        try {
            Set<String> held = certificates(bundle());
            for (int number = 0; number < DISTRIBUTION_ROOTS; number++) {
                if (!held.remove(identity(TestPki.root(99 - number)))) {
                    throw new AssertionError("a root of the distribution is gone");
                }
            }
            return held;
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** The names of our anchors. */
    Set<String> anchors() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("usr/local/share/ca-certificates"))) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    /** Whether there are so many anchors of ours; not while somebody is at work on them. */
    boolean hasAnchors(int count) {
        try {
            return anchors().size() == count;
        } catch (IOException | UncheckedIOException moving) {
            return false;
        }
    }

    /** Change time and inode of everything below the root. */
    Map<String, String> fingerprints() throws IOException {
        while (true) {
            try {
                return fingerprintsNow();
            } catch (NoSuchFileException | UncheckedIOException goneMeanwhile) {
                // The store is at work: once more.
                Thread.onSpinWait();
            }
        }
    }

    private Map<String, String> fingerprintsNow() throws IOException {
        Map<String, String> all = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.forEach(paths::add);
        }
        for (Path path : paths) {
            all.put(
                    root.relativize(path).toString(),
                    Files.readAttributes(path, "unix:ctime,ino", LinkOption.NOFOLLOW_LINKS)
                            .toString());
        }
        return all;
    }

    /** Every regular file's content below the root, as one text. */
    String everything() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(
                            path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && !path.endsWith("busybox"))
                    .toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    /** SHA-256 of the DER in a PEM text. */
    static String identity(String pem) {
        try {
            String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s|-", "");
            byte[] der = java.util.Base64.getDecoder().decode(base64);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static Set<String> identities(int... roots) {
        Set<String> identities = new TreeSet<>();
        for (int number : roots) {
            identities.add(identity(TestPki.root(number)));
        }
        return identities;
    }

    /** The fingerprint of these roots, reckoned without our code. */
    static String fingerprint(int... roots) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            identities(roots).forEach(identity -> digest.update(HexFormat.of().parseHex(identity)));
            return "v1:" + HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
