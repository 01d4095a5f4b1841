package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A private key that is handed over by mistake is copied nowhere: a real key, at each door, and a search by outside programs through all
 * that was printed, the control plane's home with its databases, their logs and its own, and the whole of a node.
 */
final class PrivateKeyNowhereTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String certificate;

    @BeforeAll
    static void up() throws Exception {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "keys", 1);
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), "one", "one.lab.test")
                .orFail();
        certificate = Files.readString(folder.resolve("one-ca.crt"));
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Test
    void aFileWithAKeyIsRefusedByEveryCommandAndNothingOfItIsPrintedOrSent() throws Exception {
        KeyTraces key = KeyTraces.make();
        Path lab = Files.createDirectories(folder.resolve("files"));
        List<Path> files = List.of(
                Files.writeString(lab.resolve("key.pem"), key.pem()),
                Files.writeString(lab.resolve("both.pem"), certificate + key.pem()),
                Files.write(lab.resolve("key.der"), key.der()),
                Files.writeString(lab.resolve("base64"), base64(key.der())),
                Files.writeString(lab.resolve("twice"), base64(bytes(certificate + key.pem()))));
        assertThat(key.filesIn(List.of(lab)))
                .as("what the search finds where the key is")
                .hasSameSizeAs(files);
        List<String> printed = new ArrayList<>();
        for (Path file : files) {
            String name = file.toString();
            for (List<String> command : List.of(
                    List.of("aks", "update", "-g", Cluster.GROUP, "-n", "keys", "--custom-ca-trust-certificates", name),
                    List.of("certificates", "lint", "-o", "sarif", name),
                    List.of("certificates", "convert", "--to", "secret", name),
                    List.of(
                            "truststore",
                            "plan",
                            "--root",
                            Files.createDirectories(lab.resolve("root")).toString(),
                            name))) {
                List<String> all = new ArrayList<>(command);
                all.add("--debug");
                Program.Output output = home.run(all.toArray(String[]::new));
                assertThat(output.exit()).as(output.text()).isNotZero();
                printed.add(output.text());
            }
        }
        assertThat(printed).noneMatch(key::isIn);
        assertThat(key.filesIn(List.of(home.folder()))).isEmpty();
    }

    @Test
    void aListWithAKeyIsRefusedByTheServerAndNothingOfItIsAnsweredLoggedOrStored() throws Exception {
        KeyTraces key = KeyTraces.make();
        Path body = folder.resolve("body.json");
        String good = base64(bytes(certificate));
        for (String entry : List.of(
                base64(bytes(key.pem())),
                base64(bytes(certificate + key.pem())),
                base64(key.der()),
                base64(bytes(base64(bytes(key.pem())))),
                key.pem().replace("\n", "\\n"),
                // Not even JSON.
                key.pem())) {
            Files.writeString(
                    body,
                    "{\"properties\":{\"securityProfile\":{\"customCATrustCertificates\":[\"" + good + "\",\"" + entry
                            + "\"]}}}");
            Program.Output output = home.run(
                    "rest",
                    "--method",
                    "put",
                    "--url",
                    "/subscriptions/" + home.status().path("subscriptionId").asText() + "/resourceGroups/"
                            + Cluster.GROUP + "/providers/Microsoft.ContainerService/managedClusters/keys"
                            + "?api-version=2025-01-01",
                    "--body",
                    "@" + body,
                    "--debug");
            assertThat(output.exit()).as(output.text()).isNotZero();
            assertThat(key.isIn(output.text())).as(output.text()).isFalse();
        }
        assertThat(key.filesIn(List.of(home.folder()))).isEmpty();
    }

    @Test
    void aSecretWithAKeyStaysInTheClustersApiAndReachesNoNodeNoLogAndNoOtherObject() throws Exception {
        KeyTraces key = KeyTraces.make();
        cluster.applySecret(Map.of(
                "good.crt", bytes(certificate),
                "beside.crt", bytes(certificate + key.pem()),
                "key.pem", bytes(key.pem()),
                "key.der", key.der(),
                "twice.pem", bytes(base64(bytes(key.pem())))));
        String node = cluster.nodes().getFirst();
        Await.until(
                "the good one is loaded and the others are left out",
                () -> trust().contains("left out: secret/beside.crt (private-key)")
                        && trust().contains("level        Loaded"));

        assertThat(key.isIn(trust())).isFalse();
        assertThat(key.isIn(cluster.kubectl("get", "nodetrusts,events,nodes", "-A", "-o", "yaml")
                        .text()))
                .isFalse();
        // The Secret is the user's own object: it is in the database of the cluster's API, where it was put, and
        // nowhere else.
        assertThat(key.filesIn(List.of(home.folder())))
                .isNotEmpty()
                .allMatch(file -> file.matches(".*\\.(db|sqlite)(-wal)?"))
                .noneMatch(file -> file.contains("/machines/"));
        assertThat(key.filesIn(
                        List.of(home.folder().resolve("machines"), home.folder().resolve("log"))))
                .isEmpty();
        assertThat(cluster.on(node, "cat", "/etc/ssl/certs/ca-certificates.crt")
                        .orFail()
                        .text())
                .contains(certificate.lines().skip(1).findFirst().orElseThrow());
    }

    private static String trust() {
        return home.run("node", "trust", "-g", Cluster.GROUP, "-n", "keys").text();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
