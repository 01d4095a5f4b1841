package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code capstan node doctor} on a node with a real containerd: what only a runtime and a proxy can show, each beside a near
 * twin of another cause. The names of the lab lead to it by a file, since the doctor runs outside of the node.
 */
final class DoctorTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "public");
    private final Node node = LAB.node(ContainerdBuild.BOOKWORM);

    @ParameterizedTest(name = "behind {0}")
    @EnumSource(InspectingProxy.class)
    void aProxyThatInspectsIsToldFromARegistryOfAnUnknownCa(InspectingProxy kind) throws Exception {
        kind.require();
        InspectingProxy.Running inspecting = kind.start(node, LAB, LAB.distribution());
        behind(inspecting.address());
        Product.on(node).bring();
        assertThat(node.running().verdict(distribution.image())).isEqualTo("FAIL");
        Diagnosis inspected = diagnose(distribution);
        assertThat(inspected.first()).as(inspected.toString()).isEqualTo("ProxyInspects");
        assertThat(inspected.words()).contains(inspecting.address(), "Lab CA distribution");

        Product.on(node).bring(inspecting.authority());
        assertThat(diagnose(distribution).causes()).isEmpty();

        behind(LAB.proxy(LAB.distribution(), "passing-" + kind).address());
        Diagnosis unknown = diagnose(ours);
        assertThat(unknown.first()).as(unknown.toString()).isEqualTo("CaMissing");
    }

    @Test
    void theCaOfAProxyItselfIsToldFromThatOfTheRegistry() throws Exception {
        ConnectProxy proxy = LAB.proxy(LAB.second(), "proxy");
        behind(proxy.address());
        Product.on(node).bring();
        assertThat(node.running().verdict(distribution.image())).isEqualTo("PROXY");
        Diagnosis untrusted = diagnose(distribution);
        assertThat(untrusted.first()).as(untrusted.toString()).isEqualTo("ProxyCaMissing");
        assertThat(untrusted.words()).contains(proxy.address(), "Lab CA second");

        Product.on(node).bring(LAB.second());
        assertThat(diagnose(distribution).causes()).isEmpty();
        assertThat(diagnose(ours).first()).isEqualTo("CaMissing");
    }

    @Test
    void trustThatTheRuntimeKeptIsToldFromTrustThatNobodyHas() throws Exception {
        node.write(Node.CONFIGURATION, Configuration.DEBIAN);
        Product product = Product.on(node);
        product.bring(LAB.ours());
        node.containerd(Map.of());
        assertThat(node.running().verdict(ours.image())).isEqualTo("OK");
        product.bring();
        assertThat(node.running().verdict(ours.image())).as("stale trust").isEqualTo("OK");
        Diagnosis kept = diagnose(ours);
        assertThat(kept.first()).as(kept.toString()).isEqualTo("StaleTrust");
        assertThat(kept.words()).contains("Lab CA ours");

        node.containerd(Map.of());
        assertThat(node.running().verdict(ours.image())).isEqualTo("FAIL");
        assertThat(diagnose(ours).first()).isEqualTo("CaMissing");

        // And the other way round: the store has it, and the runtime does not know it yet.
        assertThat(node.running().verdict(distribution.image())).isEqualTo("OK");
        product.bring(LAB.ours());
        assertThat(diagnose(ours).first()).isEqualTo("RuntimeStale");
    }

    @Test
    void theSetIsLookedForWhereTheRuntimesConfigurationSaysAndOtherDaemonsAreShown() throws Exception {
        node.write("/usr/local/bin/buildkitd", "");
        Files.copy(
                Path.of("/bin/sleep"),
                node.path("/usr/local/bin/buildkitd"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Process daemon = node.start("buildkitd.log", "/usr/local/bin/buildkitd", "1000");
        try {
            Map<String, String> environment = Product.isolated(node);
            node.write(Node.CONFIGURATION, Configuration.of(2, "/etc/containerd/elsewhere.d"));
            node.containerd(environment);
            Await.until(
                    "the daemon runs",
                    () -> node.run("pgrep", "-x", "buildkitd").held());
            Product.on(node).bring(LAB.ours());
            assertThat(node.path("/etc/containerd/elsewhere.d/_default/capstan.crt"))
                    .exists();

            Diagnosis well = diagnose(ours);
            assertThat(well.causes()).as(well.toString()).isEmpty();
            assertThat(well.json().at("/certificateAuthority/shownSet").asText())
                    .isEqualTo("yes");
            assertThat(well.json().at("/runtime/otherDaemons/0").asText())
                    .contains("buildkitd, process ", "systemctl restart buildkit");
            assertThat(doctor(ours).text()).contains("beside it buildkitd, process ");
        } finally {
            daemon.destroy();
            node.run("pkill", "-x", "buildkitd");
        }
    }

    @Test
    void aHostDirectoryWhoseServersNeedNoSetIsNoCause() throws Exception {
        node.containerd(Product.isolated(node));
        Product.on(node).bring(LAB.ours());
        for (TlsRegistry registry : List.of(distribution, ours)) {
            node.hostDirectory(
                    registry.address(),
                    "server = \"https://%1$s\"\n[host.\"https://%1$s\"]\n".formatted(registry.address()));
        }
        assertThat(diagnose(distribution).causes()).isEmpty();
        Diagnosis hidden = diagnose(ours);
        assertThat(hidden.first()).as(hidden.toString()).isEqualTo("HostDirectoryHides");
        assertThat(hidden.words()).contains("the line ca =");
    }

    /** containerd of lane Isolated, which goes through this proxy. */
    private void behind(String proxy) throws Exception {
        node.fresh();
        Map<String, String> environment = new TreeMap<>(Product.isolated(node));
        environment.put("HTTPS_PROXY", proxy);
        node.containerd(environment);
    }

    /** What it says with {@code -o json}. */
    private record Diagnosis(JsonNode json) {

        List<String> causes() {
            List<String> causes = new ArrayList<>();
            json.path("causes").forEach(cause -> causes.add(cause.path("cause").asText()));
            return causes;
        }

        String first() {
            return causes().isEmpty() ? "" : causes().getFirst();
        }

        String words() {
            return json.at("/causes/0/message").asText();
        }

        @Override
        public String toString() {
            return json.toPrettyString();
        }
    }

    private Diagnosis diagnose(TlsRegistry registry) throws IOException {
        Program.Output output = doctor(registry, "-o", "json");
        return new Diagnosis(new ObjectMapper()
                .readTree(output.text().substring(output.text().indexOf("{\n"))));
    }

    private Program.Output doctor(TlsRegistry registry, String... more) throws IOException {
        Path hosts = Files.writeString(LAB.folder().resolve("hosts"), LAB.hosts());
        List<String> command = new ArrayList<>(List.of(
                Repository.DISTRIBUTION.resolve("bin/capstan").toString(),
                "node",
                "doctor",
                "--root",
                node.root().toString(),
                registry.address()));
        command.addAll(List.of(more));
        return Program.clean()
                .with("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts)
                .run(command, "");
    }
}
