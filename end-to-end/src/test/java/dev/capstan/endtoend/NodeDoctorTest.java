package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code capstan node doctor} on a machine of a cluster, with a real registry and a real containerd: one pull, broken at one
 * place after the other on its way.
 */
class NodeDoctorTest {

    private static final String HOSTS = "/etc/containerd/certs.d/";

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node = "";

    @BeforeAll
    static void up() {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        home.run("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview")
                .orFail();
        // Without custom CA trust: the seed page's first mistake.
        cluster = Cluster.create(home, "doctor", 1, "--nodepool-name", "pool1");
        node = cluster.nodes().getFirst();
    }

    @AfterAll
    static void down() {
        if (home != null) {
            home.run("aks", "delete", "-g", Cluster.GROUP, "-n", "doctor", "--yes")
                    .orFail();
            home.close();
            assertThat(home.leftovers()).isEmpty();
        }
    }

    @Test
    void aPullThatFailsIsExplainedAtEveryPlaceOfItsWay() throws Exception {
        try (Registry registry = Registry.start(Files.createDirectories(folder.resolve("registry")), "one")) {
            cluster.resolve(registry);
            String image = registry.image();
            byte[] ca = Files.readAllBytes(registry.certificateAuthority());

            // No Secret at all.
            assertThat(firstCause(image)).isEqualTo("CaMissing");
            assertThat(doctor(image).at("/causes/0/message").asText()).contains("no Secret custom-ca-trust-secret");

            // The seeds' case: feature registered, Secret added, still signed by unknown authority.
            cluster.applySecret(Map.of("ca1.crt", ca));
            assertThat(firstCause(image)).isEqualTo("PoolNotEnabled");
            assertThat(cluster.pull(node, image).text()).contains("certificate signed by unknown authority");
            assertThat(doctor(image).at("/causes/0/fix").asText()).contains("-n pool1 --enable-custom-ca-trust");

            // What it says to do helps.
            home.run(
                            "aks",
                            "nodepool",
                            "update",
                            "-g",
                            Cluster.GROUP,
                            "--cluster-name",
                            "doctor",
                            "-n",
                            "pool1",
                            "--enable-custom-ca-trust")
                    .orFail();
            Await.until("the doctor finds nothing", () -> run(image).exit() == 0);
            assertThat(cluster.pull(node, image).text()).startsWith("PULL OK");
            assertThat(run(image).text()).contains("nothing is wrong with trust");

            // A host directory without a ca hides the set.
            String registryName = image.substring(0, image.indexOf('/'));
            onNode("mkdir -p '" + HOSTS + registryName
                    + "' && printf 'server = \"https://%s\"\\n[host.\"https://%s\"]\\n"
                    + "  capabilities = [\"pull\", \"resolve\"]\\n' " + registryName + " " + registryName + " > '"
                    + HOSTS
                    + registryName + "/hosts.toml'");
            assertThat(firstCause(image)).isEqualTo("HostDirectoryHides");
            assertThat(doctor(image).at("/causes/0/message").asText()).contains("ca = ");

            // It names a file that is not there.
            onNode("echo '  ca = \"/etc/none.pem\"' >> '" + HOSTS + registryName + "/hosts.toml'");
            assertThat(firstCause(image)).isEqualTo("HostDirectoryBroken");
            onNode("rm -r '" + HOSTS + registryName + "'");
            assertThat(run(image).exit()).isZero();

            // The name leads nowhere; nobody listens.
            assertThat(firstCause("none." + image)).isEqualTo("NameNotResolved");
            assertThat(firstCause(registry.host() + ":1")).isEqualTo("ConnectionRefused");

            // The Secret goes, and with it the trust.
            cluster.kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust-secret")
                    .orFail();
            Await.until("the CA is gone", () -> run(image).exit() == 4);
            assertThat(firstCause(image)).isEqualTo("CaMissing");
        }
    }

    private static void onNode(String script) {
        cluster.on(node, "sh", "-c", script).orFail();
    }

    private static Program.Output run(String endpoint, String... options) {
        String[] command = new String[8 + options.length];
        System.arraycopy(
                new String[] {"node", "doctor", "-g", Cluster.GROUP, "-n", "doctor", node, endpoint}, 0, command, 0, 8);
        System.arraycopy(options, 0, command, 8, options.length);
        return home.run(command);
    }

    private static JsonNode doctor(String endpoint) throws Exception {
        return new ObjectMapper().readTree(run(endpoint, "-o", "json").text());
    }

    private static String firstCause(String endpoint) throws Exception {
        return doctor(endpoint).at("/causes/0/cause").asText();
    }
}
