package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the distribution's own tool and real TLS clients, in an overlay of this machine that nobody else sees. */
class PrivateRootTest {

    private static final String HOST = "registry.capstan.test";
    private static final Path DISTRUSTED = Path.of("/usr/share/ca-certificates/mozilla/ACCVRAIZ1.crt");

    @Test
    void theDistributionAgreesAndItsClientsTrust(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, for an overlay of its own");
        assumeTrue(Files.exists(Path.of("/usr/sbin/update-ca-certificates")), "needs Debian's ca-certificates");
        assumeTrue(Files.exists(Path.of("/etc/ca-certificates/update.d/jks-keystore")), "needs ca-certificates-java");
        Authority authority = Authority.make(folder, "authority");
        Authority other = Authority.make(folder, "other");
        authority.issueServer(HOST);
        Path merged = folder.resolve("root");
        String script = """
                cd %s; mkdir upper work root
                mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
                mount -t proc proc root/proc
                mount --rbind /dev root/dev
                mount -t tmpfs tmpfs root/tmp
                """.formatted(folder);
        try (PrivateMounts mounts = PrivateMounts.with(script);
                Server server = Server.start(folder, HOST)) {
            DebianRoot root = new DebianRoot(mounts.path(merged));
            // This machine may have anchors that nobody has activated yet.
            assertThat(tool(mounts, merged)).contains("done.");
            String stock = Files.readString(root.bundle());
            Map<String, String> stockStore = contents(root);
            Path calls = root.path().resolve("tmp/calls");
            Path program = root.path().resolve("opt/the program");
            Files.writeString(program, "#!/bin/sh\necho \"$@\" >> /tmp/calls\nexit 3\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            TrustStore store = TrustStore.at(root.path()).hookedBy(Path.of("/opt/the program"));

            assertThat(clients(mounts, merged, server.port()))
                    .containsOnly(
                            Map.entry("curl", false),
                            Map.entry("openssl", false),
                            Map.entry("openssl -CApath", false),
                            Map.entry("gnutls-cli", false));

            store.apply(Wanted.of(Authority.set(authority, other)));
            assertThat(clients(mounts, merged, server.port()))
                    .containsOnly(
                            Map.entry("curl", true),
                            Map.entry("openssl", true),
                            Map.entry("openssl -CApath", true),
                            Map.entry("gnutls-cli", true));
            String bundle = Files.readString(root.bundle());
            Map<String, String> outputs = store(root);
            assertThat(javaHolds(mounts, merged, authority)).isTrue();
            assertThat(tool(mounts, merged)).contains("0 added, 0 removed").doesNotContain("E:");
            assertThat(Files.readString(calls))
                    .as("the hook ran, and its failure failed nobody")
                    .isEqualTo("truststore apply\n");
            assertThat(Files.readString(root.bundle())).isEqualTo(bundle);
            assertSame(store(root), outputs);
            assertThat(Files.readString(store.withoutOurs())).isEqualTo(stock);
            assertThat(store.read().damages()).isEmpty();
            assertThat(store.apply(Wanted.of(Authority.set(authority, other))).written())
                    .isFalse();

            store.apply(Wanted.of(Authority.set(other)));
            assertThat(clients(mounts, merged, server.port()))
                    .containsOnly(
                            Map.entry("curl", false),
                            Map.entry("openssl", false),
                            Map.entry("openssl -CApath", false),
                            Map.entry("gnutls-cli", false));
            assertThat(javaHolds(mounts, merged, authority)).isFalse();
            store.apply(Wanted.nothing());
            assertThat(Files.readString(root.bundle())).isEqualTo(stock);
            assertThat(tool(mounts, merged)).contains("0 added, 0 removed");
            assertThat(Files.readString(root.bundle())).isEqualTo(stock);
            assertThat(store.read().fingerprint()).isEqualTo(Fingerprint.EMPTY);

            Identity distrusted =
                    Authority.read(DISTRUSTED).certificates().getFirst().identity();
            store.apply(Wanted.of(Authority.set(authority), List.of(distrusted)));
            Map<String, String> without = contents(root);
            assertThat(root.inBundle()).doesNotContain(distrusted);
            for (String options : List.of("", "--fresh")) {
                tool(mounts, merged, options);
                assertThat(root.inBundle())
                        .as("it stays out: update-ca-certificates " + options)
                        .doesNotContain(distrusted);
                assertSame(contents(root), without);
            }
            store.uninstall();
            assertSame(contents(root), stockStore);
            assertThat(root.path().resolve("etc/ca-certificates.conf"))
                    .hasSameBinaryContentAs(Path.of("/etc/ca-certificates.conf"));
            assertThat(tool(mounts, merged)).contains("0 added, 0 removed");
            assertSame(contents(root), stockStore);
        }
    }

    private static String tool(PrivateMounts mounts, Path merged) {
        return tool(mounts, merged, "");
    }

    /** Runs the distribution's tool with all its hooks, Java's among them. */
    private static String tool(PrivateMounts mounts, Path merged, String options) {
        return chroot(mounts, merged, "update-ca-certificates " + options).succeeded();
    }

    private static Programs.Result chroot(PrivateMounts mounts, Path merged, String command) {
        return mounts.run(
                "chroot",
                merged.toString(),
                "/usr/bin/env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "sh",
                "-c",
                command);
    }

    /** The outputs, without times. */
    private static Map<String, String> store(DebianRoot root) throws Exception {
        return new DebianRoot(root.outputs()).snapshot(false);
    }

    /** The same with what the keystore holds, since a run with --fresh puts all of it in again, with new dates. */
    private static Map<String, String> contents(DebianRoot root) throws Exception {
        Map<String, String> contents = store(root);
        Path keystore = root.outputs().resolve("java/cacerts");
        if (Files.exists(keystore)) {
            contents.put(
                    "java/cacerts",
                    KeystoreEntries.parse(Files.readAllBytes(keystore)).entries().stream()
                            .map(KeystoreEntries.Entry::toString)
                            .sorted()
                            .toList()
                            .toString());
        }
        return contents;
    }

    /** Whether keytool lists the certificate in the root's keystore, which there is only beside a Java. */
    private static boolean javaHolds(PrivateMounts mounts, Path merged, Authority authority) {
        String alias = "debian:capstan-" + authority.certificate().identity() + ".pem";
        Programs.Result result = chroot(
                mounts,
                merged,
                "keytool -list -keystore /etc/ssl/certs/java/cacerts -storepass changeit -alias " + alias);
        return result.exit() == 0;
    }

    /** The same by name, so that a failure names what differs and prints no whole store. */
    private static void assertSame(Map<String, String> now, Map<String, String> expected) {
        Set<String> different = new TreeSet<>(now.keySet());
        different.addAll(expected.keySet());
        different.removeIf(name -> Objects.equals(now.get(name), expected.get(name)));
        assertThat(different).isEmpty();
    }

    /** Which clients accept the server's certificate. */
    private static Map<String, Boolean> clients(PrivateMounts mounts, Path merged, int port) {
        String openssl = "openssl s_client -verify_return_error -verify_hostname " + HOST + " -servername " + HOST
                + " -connect 127.0.0.1:" + port;
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put(
                "curl",
                "curl -sS -m 20 --resolve " + HOST + ":" + port + ":127.0.0.1 https://" + HOST + ":" + port + "/");
        commands.put("openssl", openssl);
        commands.put("openssl -CApath", openssl + " -no-CAfile -CApath /etc/ssl/certs");
        commands.put(
                "gnutls-cli",
                "gnutls-cli -p " + port + " --sni-hostname=" + HOST + " --verify-hostname=" + HOST + " 127.0.0.1");
        Map<String, Boolean> accepts = new LinkedHashMap<>();
        commands.forEach((name, command) -> {
            Programs.Result result = chroot(mounts, merged, command + " </dev/null");
            if (result.exit() != 0) {
                assertThat(result.output()).as(name).containsIgnoringCase("certificate");
            }
            accepts.put(name, result.exit() == 0);
        });
        return accepts;
    }

    /** An {@code openssl s_server} on a free port. */
    private record Server(Process process, int port) implements AutoCloseable {

        static Server start(Path folder, String host) throws Exception {
            List<String> command = new ArrayList<>(List.of(
                    "openssl",
                    "s_server",
                    "-www",
                    "-accept",
                    "127.0.0.1:0",
                    "-cert",
                    host + ".crt",
                    "-key",
                    host + ".key"));
            Process process = Programs.clean(new ProcessBuilder(command))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("ACCEPT ")) {
                    Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
                    return new Server(
                            process, Integer.parseInt(line.replaceAll(".*:", "").strip()));
                }
            }
            throw new IllegalStateException("openssl s_server did not start");
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
