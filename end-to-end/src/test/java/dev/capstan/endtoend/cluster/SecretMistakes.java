package dev.capstan.endtoend.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Registry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * The mistakes that AKS's pages and its users tell of, made one by one in a cluster: what kubectl alone shows, and what the
 * node's containerd makes of it.
 *
 * @param real the cluster
 * @param node a node that follows the Secret
 * @param registry whose CA the Secret is to bring
 * @param certificate PEM text of that CA
 */
record SecretMistakes(RealCluster real, RealNode node, Registry registry, String certificate) {

    /** {@code data: ca1.crt: |} with the certificate itself below it. */
    void pemTextUnderDataIsRefusedByTheApiServerWithTheReason() {
        Program.Output refused = applied("data:\n  ca1.crt: |\n" + certificate.indent(4));
        assertThat(refused.held()).isFalse();
        assertThat(refused.text()).contains("illegal base64 data");
    }

    /** {@code stringData: ca1.crt: |} with the certificate itself is right, with Windows' line ends too. */
    void windowsLineEndsAreRead() {
        Path file = real.file("crlf.pem", certificate.replace("\n", "\r\n"));
        String manifest = kubectl(
                        "create",
                        "secret",
                        "generic",
                        "-n",
                        "kube-system",
                        "custom-ca-trust-secret",
                        "--from-file=ca1.crt=" + file,
                        "--dry-run=client",
                        "-o",
                        "yaml")
                .orFail()
                .text();
        real.cluster().apply(manifest);
        pulls();
        // They need no explanation: the certificate is read, and nothing of it is left out.
        assertThat(kubectl("get", "nodetrust", node.name(), "-o", "jsonpath={.status.findings[*].severity}")
                        .orFail()
                        .text())
                .doesNotContain("error");
    }

    /** Base64 under {@code stringData}, or base64 of base64 under {@code data}: both come out as base64 text. */
    void valuesThatWereEncodedTwiceAreReadAndSaid() {
        String once = Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII));
        applied("stringData:\n  ca1.crt: |\n    " + once + "\n").orFail();
        pulls();
        seen(
                "the warning says that it was encoded twice",
                "kubectl get nodetrust " + node.name() + " -o yaml",
                "encoded once more than it should be");
    }

    /** One key that is no certificate, beside one that is. */
    void badKeyIsNamedAndTheGoodOneCounts() {
        applied("stringData:\n  good.crt: |\n" + certificate.indent(4) + "  bad.crt: no certificate\n")
                .orFail();
        pulls();
        seen("the node's condition names the key", "kubectl describe node " + node.name(), "Quarantined", "bad.crt");
        seen("the list of nodes names the key", "kubectl get nodetrusts", "secret/bad.crt");
        seen("an Event names the key", "kubectl get events -n kube-system", "CertificateQuarantined", "key bad.crt");
    }

    /** The right Secret in another namespace. */
    void secretInAnotherNamespaceIsToldWhereItBelongs() {
        try {
            real.cluster().apply(manifest("default", "custom-ca-trust-secret"));
            seen("an Event says where it belongs", "kubectl get events -n default", "WrongNamespace", "kube-system");
            seen(
                    "the condition says which Secret does not exist",
                    "kubectl describe node " + node.name(),
                    "kube-system/custom-ca-trust-secret does not exist");
            assertThat(node.pull(registry.image()).text()).contains("x509");
        } finally {
            kubectl("delete", "secret", "-n", "default", "custom-ca-trust-secret", "--ignore-not-found");
        }
    }

    /** A Secret of another name in the right namespace. */
    void secretOfAnotherNameLeavesTheConditionThatSaysWhichIsMissing() {
        try {
            real.cluster().apply(manifest("kube-system", "custom-ca-trust"));
            seen(
                    "the condition says which Secret does not exist",
                    "kubectl describe node " + node.name(),
                    "kube-system/custom-ca-trust-secret does not exist");
            assertThat(node.pull(registry.image()).text()).contains("x509");
        } finally {
            kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust", "--ignore-not-found");
        }
    }

    private String manifest(String namespace, String name) {
        return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: " + name + "\n  namespace: " + namespace
                + "\nstringData:\n  ca1.crt: |\n" + certificate.indent(4);
    }

    /** Applies the Secret of the right name with this part of its manifest; the API server may refuse it. */
    private Program.Output applied(String part) {
        Path file = real.file(
                "secret.yaml",
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: custom-ca-trust-secret\n  namespace: kube-system\n"
                        + part);
        return kubectl("apply", "-f", file.toString());
    }

    private void pulls() {
        node.pulls(registry.image());
    }

    /** Waits until what a kubectl command prints has a line with all these words. */
    private void seen(String what, String command, String... words) {
        String[] arguments = command.substring("kubectl ".length()).split(" ", -1);
        Await.until(
                what,
                () -> kubectl(arguments)
                        .text()
                        .lines()
                        .anyMatch(line -> Arrays.stream(words).allMatch(line::contains)));
    }

    private Program.Output kubectl(String... words) {
        return real.cluster().kubectl(words);
    }
}
