package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.runtime.IsolatedLane;
import dev.capstan.runtime.NodePrograms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** k3s and RKE2 make containerd's configuration of a template: that is edited, judged by what was made of it. */
class GeneratedConfigurationTest {

    private static final Path WILD = Path.of("src/test/resources/dev/capstan/runtime/prepare/wild");

    @TempDir
    private Path folder;

    private String generated = "";
    private String template = "";

    @BeforeEach
    void read() throws Exception {
        assumeTrue(Containerds.V1_6.program().isPresent(), "needs /usr/bin/containerd");
        generated = text(WILD.resolve("k3s-generated-v2.toml"));
        template = text(WILD.resolve("k3s-template-v2.tmpl"));
    }

    private static String text(Path file) throws Exception {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private ConfigurationPlan plan(String made, Optional<String> from) throws Exception {
        return plan(Containerds.V1_6, made, from);
    }

    private ConfigurationPlan plan(Containerds containerd, String made, Optional<String> from) throws Exception {
        Path configuration = Files.writeString(folder.resolve("config.toml"), made);
        Path tmpl = folder.resolve("config.toml.tmpl");
        Files.deleteIfExists(tmpl);
        if (from.isPresent()) {
            Files.writeString(tmpl, from.get());
        }
        NodeFiles files = new NodeFiles(Path.of("/"));
        NodePrograms programs = new NodePrograms(Path.of("/"));
        Subject subject = new Subject(
                containerd.program().orElseThrow(),
                Optional.of(configuration.toString()),
                configuration.toString(),
                Optional.of(tmpl.toString()),
                "",
                "");
        return new ConfigurationPlan.Maker(files, programs, subject, subject.dump(programs, files)).make();
    }

    private static Containerds here(Containerds containerd) {
        assumeTrue(
                containerd.program().isPresent(), containerd + " is not here (end-to-end/lab/containerd unpacks it)");
        return containerd;
    }

    @ParameterizedTest
    @CsvSource({
        "V1_6, k3s-generated-v2-certs.toml, /var/lib/rancher/rke2/agent/etc/containerd/certs.d",
        "V1_7, k3s-generated-v2-certs.toml, /var/lib/rancher/rke2/agent/etc/containerd/certs.d",
        "V2, k3s-generated-v2-certs.toml, /var/lib/rancher/rke2/agent/etc/containerd/certs.d",
        "V2, k3s-generated-v3.toml, /var/lib/rancher/k3s/agent/etc/containerd/certs.d"
    })
    void whatK3sMakesSinceJanuary2024HasItsRootAlready(Containerds containerd, String made, String root)
            throws Exception {
        for (Optional<String> from : List.of(Optional.<String>empty(), Optional.of("{{ template \"base\" . }}\n"))) {
            ConfigurationPlan plan = plan(here(containerd), text(WILD.resolve(made)), from);

            assertThat(plan.refusals()).isEmpty();
            assertThat(plan.change()).isEmpty();
            assertThat(plan.root()).isEqualTo(root);
        }
    }

    @ParameterizedTest
    @EnumSource(Containerds.class)
    void whatK3sMadeBeforeIsEditedInItsTemplateAndReadByEveryContainerd(Containerds containerd) throws Exception {
        ConfigurationPlan plan = plan(here(containerd), generated, Optional.of("{{ template \"base\" . }}\n"));

        assertThat(plan.refusals()).isEmpty();
        assertThat(new String(plan.change().orElseThrow().after().content(), StandardCharsets.ISO_8859_1))
                .contains(
                        "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"" + folder + "/certs.d\"");
    }

    @ParameterizedTest
    @EnumSource(Containerds.class)
    void mirrorsThatK3sMadeOfItsRegistriesAreRefusedWithWhereTheyComeFrom(Containerds containerd) throws Exception {
        ConfigurationPlan plan =
                plan(here(containerd), text(WILD.resolve("k3s-generated-v2-mirrors.toml")), Optional.empty());

        assertThat(plan.change()).isEmpty();
        assertThat(plan.refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.words())
                        .contains("legacy tables")
                        .contains("k3s makes it anew at each start, of /etc/rancher/k3s/registries.yaml")
                        .contains("January 2024", "upgrading is enough"));
    }

    @Test
    void templateIsGivenTheSectionAndKeepsEveryByteOfItsOwn() throws Exception {
        ConfigurationPlan plan = plan(generated, Optional.of(template));

        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.root()).isEqualTo(folder + "/certs.d");
        ConfigurationPlan.Change change = plan.change().orElseThrow();
        assertThat(change.path()).isEqualTo(folder + "/config.toml.tmpl");
        assertThat(new String(change.after().content(), StandardCharsets.ISO_8859_1))
                .isEqualTo(template + "\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"" + folder
                        + "/certs.d\"\n");
    }

    @Test
    void valueThatIsAnActionIsReplacedWithItsBraces() throws Exception {
        String made = generated + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"\"\n";
        String from = template
                + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = {{ printf \"%q\" .Registry }} # k3s\n";

        assertThat(new String(
                        plan(made, Optional.of(from))
                                .change()
                                .orElseThrow()
                                .after()
                                .content(),
                        StandardCharsets.ISO_8859_1))
                .isEqualTo(from.replace("{{ printf \"%q\" .Registry }}", "\"" + folder + "/certs.d\""));
    }

    @Test
    void templateOfNothingButTheBaseGetsTheSectionAlone() throws Exception {
        assertThat(new String(
                        plan(generated, Optional.of("{{ template \"base\" . }}\n"))
                                .change()
                                .orElseThrow()
                                .after()
                                .content(),
                        StandardCharsets.ISO_8859_1))
                .isEqualTo("{{ template \"base\" . }}\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n"
                        + "  config_path = \"" + folder + "/certs.d\"\n");
    }

    @Test
    void sectionThatComesFromElsewhereIsRefusedWithTheLines() throws Exception {
        String made = generated + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n";

        ConfigurationPlan plan = plan(made, Optional.of("{{ template \"base\" . }}\nversion = 2\n"));

        assertThat(plan.change()).isEmpty();
        assertThat(plan.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.words()).contains("stands elsewhere");
            assertThat(refusal.byHand()).isNotEmpty();
        });
    }

    @Test
    void withoutATemplateTheLinesOfOneAreGiven() throws Exception {
        assertThat(plan(generated, Optional.empty()).refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.words()).contains("made anew at each start");
            assertThat(refusal.byHand().getFirst().lines()).contains("{{ template \"base\" . }}");
        });
    }

    @Test
    void variablesOfAWholeServiceAreMeantForContainerdAlone() {
        Service k3s = new Service(
                "k3s.service", "CONTAINERD_", false, Map.of("Environment", "A=b CONTAINERD_SSL_CERT_FILE=/x"));

        assertThat(k3s.dropInText(IsolatedLane.ENVIRONMENT))
                .contains("\nEnvironment=CONTAINERD_SSL_CERT_FILE=/var/lib/capstan/")
                .doesNotContain("=SSL_CERT");
        assertThat(k3s.missing(IsolatedLane.ENVIRONMENT))
                .as("another value is none")
                .hasSize(2);
        assertThat(k3s.dropIn()).contains("/etc/systemd/system/k3s.service.d/50-capstan.conf");
        assertThat(k3s.restartWords()).contains("systemctl restart k3s.service", "kubelet");
    }
}
