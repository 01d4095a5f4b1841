package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that proves its trust at a real registry: proven, while the registry is away, after its CA was swapped, and proven
 * again. Verdicts are what kubectl says of the NodeTrust and the Node; identities are openssl's.
 */
final class ProofTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node;
    private static Registry first;
    private static Registry second;

    @BeforeAll
    static void up() {
        Requirements.machines();
        first = Registry.start(folder, "first");
        second = Registry.start(folder, "second");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "proof", 1);
        node = cluster.nodes().getFirst();
        cluster.resolve(first, second);
    }

    @AfterAll
    static void down() {
        home.close();
        first.close();
        second.close();
    }

    @Test
    void aNodeIsProvenOnlyAsLongAsNoRegistryProvesTheOpposite() throws Exception {
        byte[] one = Files.readAllBytes(first.certificateAuthority());
        byte[] two = Files.readAllBytes(second.certificateAuthority());
        cluster.applySecret(Map.of("one.crt", one, "two.crt", two));
        String authority = identity(first.certificateAuthority());
        Await.until(
                "loaded",
                () -> level().equals("Loaded")
                        && status("{.status.certificates[*].sha256}").contains(authority));
        assertThat(status("{.status.findings[*].code}")).contains("no-endpoint");

        probe(first.address());

        Await.until("proven", () -> level().equals("Proven"));
        assertThat(status("{.status.proven}")).isEqualTo(status("{.status.wanted}"));
        assertThat(status("{.status.findings[*].code}")).doesNotContain("no-endpoint");
        assertThat(status("{.status.proof.endpoints[0].outcome} {.status.proof.endpoints[0].reason}"))
                .isEqualTo("Proven Verified");
        assertThat(status("{.status.proof.endpoints[0].anchor}")).isEqualTo(authority);
        assertThat(status("{.status.proof.endpoints[0].chain[0].sha256}")).isEqualTo(identity(first.certificate()));
        Await.until("the Node says so", () -> condition("{.status} {.reason}").equals("True Proven"));
        assertThat(home.run("node", "trust", "-g", Cluster.GROUP, "-n", "proof")
                        .orFail()
                        .text())
                .contains("Proven", first.address(), "Verified");

        // Away: what was found stands, the other registry and an image are proven beside it.
        first.close();
        probe(first.address() + "," + second.address() + "," + second.image());

        Await.until(
                "tried in vain",
                () -> status("{.status.proof.endpoints[0].lastTry.reason}").equals("ConnectionRefused"));
        Await.until("proven with the others", () -> level().equals("Proven"));
        assertThat(status("{.status.proof.endpoints[*].outcome}")).isEqualTo("Proven Proven Proven");
        assertThat(status("{.status.problem.reason}")).isEmpty();
        assertThat(condition("{.status}")).isEqualTo("True");

        // Back, with a certificate from another CA of the same name.
        Path old = folder.resolve("old.crt");
        Files.copy(first.certificateAuthority(), old, StandardCopyOption.REPLACE_EXISTING);
        first.swapAuthority();
        assertThat(identity(first.certificateAuthority())).isNotEqualTo(identity(old));
        first.startAgain();
        probe(first.address() + " " + second.address());

        Await.until("refuted", () -> status("{.status.problem.reason}").equals("Refuted"));
        assertThat(status("{.status.problem.message}"))
                .contains(first.address(), "UnknownAuthority", "Lab CA first", identity(first.certificate()))
                .doesNotContain(second.address());
        assertThat(level()).isEqualTo("Loaded");
        Await.until("the Node says so", () -> condition("{.status} {.reason}").equals("False Refuted"));
        assertThat(condition("{.message}")).contains(first.address(), identity(first.certificate()));

        // The new CA in the Secret too.
        cluster.kubectl(
                        "patch",
                        "secret",
                        "-n",
                        "kube-system",
                        "custom-ca-trust-secret",
                        "-p",
                        "{\"data\":{\"new.crt\":\""
                                + Base64.getEncoder().encodeToString(Files.readAllBytes(first.certificateAuthority()))
                                + "\"}}")
                .orFail();

        Await.until("proven again", () -> level().equals("Proven"));
        assertThat(status("{.status.problem.reason}")).isEmpty();
        assertThat(cluster.on(node, "pgrep", "-f", "dev.capstan.proof.[P]roof").text())
                .isEmpty();
    }

    private static void probe(String endpoints) {
        cluster.kubectl(
                        "annotate",
                        "--overwrite",
                        "secret",
                        "-n",
                        "kube-system",
                        "custom-ca-trust-secret",
                        "capstan.dev/probe=" + endpoints)
                .orFail();
    }

    private static String level() {
        return status("{.status.level}");
    }

    private static String status(String path) {
        return cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath=" + path)
                .orFail()
                .text()
                .strip();
    }

    private static String condition(String path) {
        String fields = path.replace("{.", "{.status.conditions[?(@.type==\"CustomCATrusted\")].");
        return cluster.kubectl("get", "node", node, "-o", "jsonpath=" + fields)
                .orFail()
                .text()
                .strip();
    }

    private static String identity(Path certificate) {
        String printed = Program.clean()
                .run("openssl", "x509", "-in", certificate.toString(), "-noout", "-fingerprint", "-sha256")
                .orFail()
                .text();
        return printed.substring(printed.indexOf('=') + 1)
                .strip()
                .replace(":", "")
                .toLowerCase(Locale.ROOT);
    }
}
