package dev.capstan.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code kubectl apply -k deploy} would apply, as kubectl itself makes it of the files. Needs no cluster. */
class ManifestsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private record Output(int code, String text) {}

    /** Those of the tests (end-to-end/lab/kubectl: 1.20, 1.32, 1.36), or else the one that is installed. */
    static List<String> kubectls() {
        var cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        var unpacked = Stream.of("bookworm", "trixie", "sid")
                .map(suite -> cache + "/capstan/kubectl/" + suite + "/usr/bin/kubectl")
                .filter(program -> Files.isExecutable(Path.of(program)))
                .toList();
        return unpacked.isEmpty() ? List.of("/usr/bin/kubectl") : unpacked;
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void everyKubectlMakesTheSameOfThem(String kubectl) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(kubectl)), "needs kubectl (script/bootstrap installs it)");

        var made = run(kubectl, "kustomize", ROOT.resolve("deploy").toString());

        assertThat(made.code()).as(made.text()).isZero();
        assertThat(found(made.text(), "(?m)^kind: (.*)$"))
                .containsExactlyInAnyOrder(
                        "Namespace",
                        "CustomResourceDefinition",
                        "CustomResourceDefinition",
                        "CustomResourceDefinition",
                        "ServiceAccount",
                        "ServiceAccount",
                        "ClusterRole",
                        "ClusterRole",
                        "ClusterRoleBinding",
                        "ClusterRoleBinding",
                        "Role",
                        "Role",
                        "Role",
                        "Role",
                        "RoleBinding",
                        "RoleBinding",
                        "RoleBinding",
                        "RoleBinding",
                        "ConfigMap",
                        "DaemonSet",
                        "Deployment");
        assertThat(found(made.text(), "(?m)^ *(?:- )?image: (.*)$"))
                .containsExactlyInAnyOrder(
                        "capstan.dev/capstan-agent:" + version(), "capstan.dev/capstan-controller:" + version());
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void thePolicyIsAppliedByItself(String kubectl) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(kubectl)), "needs kubectl (script/bootstrap installs it)");

        var made = run(
                kubectl, "kustomize", ROOT.resolve("deploy/admission-policy").toString());

        assertThat(made.code()).as(made.text()).isZero();
        assertThat(found(made.text(), "(?m)^kind: (.*)$"))
                .containsExactlyInAnyOrder("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");
    }

    /** A capability more, or a place more that can be written, is to be a decision. */
    @Test
    void theAgentsContainerHasTheseRightsAndNoMore() throws Exception {
        var agent = Files.readString(ROOT.resolve("deploy/agent.yaml"));

        assertThat(found(agent, "(?m)^ *- ([A-Z_]+)$"))
                .containsExactly("CHOWN", "FOWNER", "DAC_OVERRIDE", "SYS_CHROOT", "SYS_PTRACE");
        assertThat(agent)
                .contains("readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]")
                .doesNotContain("privileged: true");
        assertThat(found(agent, "(?m)^ *hostPath:\\n *path: (.*)$"))
                .containsExactly("/", "/etc", "/usr", "/var/lib", "/run");
        assertThat(agent).containsSubsequence("mountPath: /host\n", "readOnly: true");
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static String version() throws Exception {
        return found(Files.readString(ROOT.resolve("pom.xml")), "(?m)^  <version>(.*)</version>$")
                .getFirst();
    }

    private static Output run(String... command) throws Exception {
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.waitFor(), text);
    }
}
