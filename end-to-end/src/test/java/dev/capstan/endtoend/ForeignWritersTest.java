package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose trust store others write too: the distribution's own tool, run on the machine as its administrator would,
 * and an administrator who distrusts a root of the distribution. Verdicts are the files as the host sees them, openssl,
 * curl and CRI pulls on the machine, and kubectl.
 */
final class ForeignWritersTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node;
    private static Registry ours;
    private static Registry theirs;

    @BeforeAll
    static void up() {
        Requirements.machines();
        ours = Registry.start(folder, "ours");
        theirs = Registry.start(folder, "theirs");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "foreign", 1);
        // What a stale runtime is, is to be looked at; that it is restarted by itself is PermittedRestartTest's.
        home.run("aks", "update", "-g", Cluster.GROUP, "-n", "foreign", "--tags", "capstan-runtime-restart=never")
                .orFail();
        node = cluster.nodes().getFirst();
        cluster.resolve(ours, theirs);
        cluster.applySecret(Map.of("ours.crt", read(ours.certificateAuthority())));
        Await.until("loaded", () -> level().equals("Loaded") && hasOurs());
    }

    @AfterAll
    static void down() {
        home.close();
        ours.close();
        theirs.close();
    }

    @Test
    void whatTheDistributionsToolOrAnybodyElseLeavesIsRightAtOnce() {
        String bundle = HexFormat.of().formatHex(read(bundle()));
        List<Duration> took = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            // Two at once leave a part of the bundle, as often as not one certificate of all; none says so.
            cluster.on(
                    node, "sh", "-c", "update-ca-certificates >/dev/null 2>&1 & update-ca-certificates --fresh; wait");
            took.add(awaitWhole(bundle));
            cluster.on(
                            node,
                            "sh",
                            "-c",
                            "rm /usr/local/share/ca-certificates/capstan-*; update-ca-certificates --fresh")
                    .orFail();
            took.add(awaitWhole(bundle));
            // No run of the tool, so no hook: the agent alone sees it.
            cluster.on(
                            node,
                            "sh",
                            "-c",
                            "cd /etc/ssl/certs; rm capstan-*; head -60 ca-certificates.crt >/tmp/short;"
                                    + " cat /tmp/short >ca-certificates.crt")
                    .orFail();
            took.add(awaitWhole(bundle));
        }
        System.out.println("right again after the other's end: " + took);
        // Within a second, each of them, on a machine that has time. On one that is ten times slower most are still far
        // from
        // the 10 s after which the agent looks without having been told.
        assertThat(took.stream().sorted().toList().get(took.size() / 2)).isLessThan(Duration.ofSeconds(3));
        assertThat(cluster.on(node, "sh", "-c", "update-ca-certificates | head -3")
                        .text())
                .contains("0 added, 0 removed");
        awaitWhole(bundle);
        assertThat(level()).isEqualTo("Loaded");
    }

    @Test
    void aDistrustedRootOfTheDistributionIsRejectedAtOnceAndTheRuntimeIsStaleUntilItIsRestarted() throws Exception {
        Path authority = theirs.certificateAuthority();
        String identity = identity(authority);
        ship(cluster, node, authority);
        assertThat(trusts(theirs)).isTrue();
        Await.until("its roots hold it", () -> roots().contains(identity));
        assertThat(cluster.pull(node, theirs.image()).text()).startsWith("PULL OK");
        assertThat(level()).isEqualTo("Loaded");

        distrust(cluster, node, "[\"" + identity + "\"]");

        Await.until("the node's programs reject it", () -> !trusts(theirs));
        Await.until("stale", () -> problem().equals("RuntimeStale"));
        assertThat(status("{.status.problem.message}")).contains(identity, "systemctl restart containerd");
        assertThat(level()).isEqualTo("Written");
        Await.until(
                "it says that nobody may restart it",
                () -> cluster.kubectl("describe", "node", node)
                        .text()
                        .lines()
                        .anyMatch(line ->
                                line.contains("RuntimeStale") && line.contains("capstan-runtime-restart: never")));
        // The status says what is: the process that has read it trusts it still.
        assertThat(cluster.pull(node, theirs.image()).text()).startsWith("PULL OK");
        assertThat(trusts(ours)).isTrue();

        cluster.on(node, "systemctl", "restart", "containerd").orFail();

        Await.until("loaded", () -> level().equals("Loaded") && problem().isEmpty());
        assertThat(cluster.pull(node, theirs.image()).text()).contains(Cluster.UNTRUSTED);
        assertThat(cluster.pull(node, ours.image()).text()).startsWith("PULL OK");
        assertThat(cluster.on(node, "update-ca-certificates").orFail().text()).contains("0 added, 0 removed");
        assertThat(trusts(theirs)).isFalse();
        home.run("aks", "show", "-g", Cluster.GROUP, "-n", "foreign").orFail();
        assertThat(spec()).as("the controller keeps it").contains(identity);

        distrust(cluster, node, "[]");
        Await.until("trusted again", () -> trusts(theirs));
        Await.until("loaded", () -> level().equals("Loaded"));
    }

    /** Makes a CA one of the machine's distribution, as a package of it would. */
    static void ship(Cluster cluster, String node, Path authority) {
        String base64 = Base64.getEncoder().encodeToString(read(authority));
        cluster.on(
                        node,
                        "sh",
                        "-ec",
                        "mkdir -p /usr/share/ca-certificates/lab; echo " + base64
                                + " | base64 -d >/usr/share/ca-certificates/lab/lab.crt;"
                                + " echo lab/lab.crt >>/etc/ca-certificates.conf; update-ca-certificates")
                .orFail();
    }

    static void distrust(Cluster cluster, String node, String identities) {
        cluster.kubectl(
                        "patch",
                        "nodetrust",
                        node,
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"distrusted\":" + identities + "}}")
                .orFail();
    }

    /** Whether programs of the machine trust the registry: curl by the bundle and openssl by the hash links alike. */
    private static boolean trusts(Registry registry) {
        String address = registry.image().substring(0, registry.image().indexOf('/'));
        boolean bundle = cluster.on(node, "curl", "-s", "-o", "/dev/null", "https://" + address + "/v2/")
                .held();
        boolean links = cluster.on(
                        node,
                        "sh",
                        "-c",
                        "openssl s_client -connect " + address
                                + " -no-CAfile -CApath /etc/ssl/certs -verify_return_error </dev/null")
                .held();
        return bundle && links;
    }

    /** How long after now the bundle is byte for byte what it was, with our CA behind its hash link. */
    private static Duration awaitWhole(String bundle) {
        return Await.until(
                "the store is right",
                () -> HexFormat.of().formatHex(read(bundle())).equals(bundle) && hasOurs());
    }

    private static boolean hasOurs() {
        Path certificates = root().resolve("etc/ssl/certs");
        try (var links = Files.newDirectoryStream(certificates, "*.[0-9]")) {
            String link = "capstan-" + identity(ours.certificateAuthority()) + ".pem";
            boolean hashed = false;
            for (Path each : links) {
                hashed |= Files.readSymbolicLink(each).toString().equals(link);
            }
            return hashed
                    && new String(read(bundle()), StandardCharsets.UTF_8).contains(pem(ours.certificateAuthority()));
        } catch (Exception moving) {
            return false;
        }
    }

    /** The identities of the roots that the lane gives containerd. */
    private static List<String> roots() {
        List<String> found = new ArrayList<>();
        String text = new String(
                read(root().resolve("var/lib/capstan/runtime/distribution-roots.pem")), StandardCharsets.UTF_8);
        for (String block : text.split("-----END CERTIFICATE-----", -1)) {
            int begin = block.indexOf("-----BEGIN CERTIFICATE-----");
            if (begin >= 0) {
                found.add(sha256(Base64.getMimeDecoder().decode(block.substring(begin + 27))));
            }
        }
        return found;
    }

    private static String level() {
        return status("{.status.level}");
    }

    private static String problem() {
        return status("{.status.problem.reason}");
    }

    private static String spec() {
        return status("{.spec.distrusted}");
    }

    private static String status(String path) {
        return cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath=" + path)
                .orFail()
                .text();
    }

    /** The machine's root as the host sees it. */
    private static Path root() {
        String state = new String(
                read(home.folder().resolve("machines").resolve(node).resolve("state")), StandardCharsets.UTF_8);
        String pid = state.lines()
                .filter(line -> line.startsWith("pid="))
                .findFirst()
                .orElseThrow()
                .substring(4);
        return Path.of("/proc", pid, "root");
    }

    private static Path bundle() {
        return root().resolve("etc/ssl/certs/ca-certificates.crt");
    }

    private static String pem(Path certificate) {
        return new String(read(certificate), StandardCharsets.UTF_8).strip();
    }

    static String identity(Path certificate) {
        return sha256(Base64.getMimeDecoder().decode(pem(certificate).replaceAll("-----[A-Z ]+-----", "")));
    }

    private static String sha256(byte[] der) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
