package dev.capstan.endtoend.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.RealKubernetes;
import dev.capstan.endtoend.Repository;
import dev.capstan.endtoend.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code capstan controller} on Kubernetes' own API server, with the rights that deploy/ gives it and no others. */
@Execution(ExecutionMode.SAME_THREAD)
final class ControllerTest {

    @TempDir
    private static Path folder;

    private static @Nullable RealKubernetes kubernetes;
    private static Cluster cluster;
    private static Path kubeconfig;
    private static Path withCertificate;

    @BeforeAll
    static void up() throws Exception {
        Requirements.realKubernetes();
        kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        cluster = new Cluster(Cluster.kubectlOf("bookworm"), kubernetes.kubeconfig(), folder);
        Path deploy = Repository.ROOT.resolve("deploy");
        cluster.define();
        for (String file : List.of("namespace.yaml", "controller-rights.yaml", "monitoring/reader.yaml")) {
            cluster.kubectl("apply", "-f", deploy.resolve(file).toString()).orFail();
        }
        String token = token("capstan-controller");
        kubeconfig = Files.writeString(
                folder.resolve("controller.kubeconfig"),
                Files.readString(kubernetes.kubeconfig()).replaceAll("token: [0-9a-f]+", "token: " + token));
        withCertificate = withCertificate();
    }

    /** The controller's account by a client certificate, in files beside the kubeconfig. */
    private static Path withCertificate() throws Exception {
        Path pki = kubernetes.folder().resolve("pki");
        certificate("controller", "/CN=system:serviceaccount:capstan-system:capstan-controller", "clientAuth");
        return Files.writeString(pki.resolve("certificate.kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: it
                clusters: [{name: it, cluster: {server: "%s", certificate-authority: ca.crt}}]
                contexts: [{name: it, context: {cluster: it, user: it}}]
                users: [{name: it, user: {client-certificate: controller.crt, client-key: controller.key}}]
                """.formatted(
                        RealKubernetes.readAccess(kubernetes.access()).getProperty("SERVER")));
    }

    /** Makes {@code pki/NAME.crt} and its key, from the cluster's CA. */
    private static void certificate(String name, String subject, String usage, String... names) {
        List<String> command = new ArrayList<>(
                List.of("certificate", kubernetes.folder().resolve("pki").toString(), name, subject, usage));
        command.addAll(List.of(names));
        RealKubernetes.lab(command).orFail();
    }

    @AfterAll
    static void down() {
        if (kubernetes != null) {
            kubernetes.close();
        }
    }

    @Test
    void ofTwoOneWorksAndTheOtherGoesOnWhenItIsKilledOrStopped() throws Exception {
        try (ControllerProcess one = ControllerProcess.start(folder, "one", kubeconfig);
                ControllerProcess two = ControllerProcess.start(folder, "two", withCertificate)) {
            ControllerProcess leader = leaderOf(one, two);
            ControllerProcess other = leader.equals(one) ? two : one;
            node("first");
            assertThat(other.log()).doesNotContain("this controller works");

            // As a process whose virtual machine stands still: it finds its term over when it goes on.
            leader.signal("STOP");
            Await.until("the other leads", () -> holder().equals(other.identity()));
            node("second");
            leader.signal("CONT");
            Await.until(
                    "the first sees that it lost the Lease", () -> leader.log().contains("this controller stops"));
            assertThat(holder()).isEqualTo(other.identity());

            other.signal("KILL");
            Await.until("the first leads again", () -> holder().equals(leader.identity()));
            node("third");

            leader.signal("TERM");
            assertThat(leader.ended()).as(leader.log()).isZero();
            assertThat(holder()).isEmpty();
            assertThat(leader.log()).contains("let go of the Lease");
        } finally {
            cluster.kubectl("delete", "nodes", "--all", "--ignore-not-found");
        }
    }

    @Test
    void metricsAreForThoseWhoMayGetThemAndHealthForEverybody() throws Exception {
        account("scraper");
        account("stranger");
        cluster.kubectl(
                        "create",
                        "clusterrolebinding",
                        "scraper",
                        "--clusterrole=capstan-metrics-reader",
                        "--serviceaccount=capstan-system:scraper")
                .orFail();
        try (ControllerProcess one = ControllerProcess.start(folder, "measured", kubeconfig)) {
            Await.until("it leads", () -> holder().equals(one.identity()));
            node("measured");
            String metrics = "https://127.0.0.1:" + one.metricsPort() + "/metrics";
            assertThat(curl(metrics)).endsWith("401");
            assertThat(curl(metrics, "-H", "Authorization: Bearer x.y.z")).endsWith("401");
            assertThat(curl(metrics, "-H", "Authorization: Bearer " + token("stranger")))
                    .contains("may not get")
                    .endsWith("403");
            assertThat(curl(metrics, "-H", "Authorization: Bearer " + token("scraper")))
                    .contains("capstan_leader 1.0", "capstan_nodes{level=\"None\",reason=\"AgentSilent\"} 1.0")
                    .endsWith("200");
            assertThat(curl(metrics.replace("https:", "http:"))).doesNotContain("capstan_");
            String health = "http://127.0.0.1:" + one.healthPort();
            assertThat(curl(health + "/healthz")).endsWith("200");
            assertThat(curl(health + "/readyz")).contains("ok: leader").endsWith("200");
            one.signal("TERM");
            assertThat(one.ended()).isZero();
        } finally {
            cluster.kubectl("delete", "node", "measured", "--ignore-not-found");
        }
    }

    @Test
    void aMountedCertificateIsShownAndItsRenewalToo() throws Exception {
        Path pki = kubernetes.folder().resolve("pki");
        certificate("metrics", "/CN=metrics", "serverAuth", "DNS:localhost");
        try (ControllerProcess one = ControllerProcess.start(
                folder,
                "mounted",
                kubeconfig,
                "metrics-certificate=" + pki.resolve("metrics.crt"),
                "metrics-key=" + pki.resolve("metrics.key"))) {
            String url = "https://localhost:" + one.metricsPort() + "/metrics";
            List<String> verified = List.of(
                    "curl",
                    "-sv",
                    "--max-time",
                    "10",
                    "--cacert",
                    pki.resolve("ca.crt").toString(),
                    url);
            assertThat(Program.clean().run(verified, "").text()).contains("CN=metrics", "401");
            certificate("metrics", "/CN=renewed", "serverAuth", "DNS:localhost");
            assertThat(Program.clean().run(verified, "").text()).contains("CN=renewed", "401");
            one.signal("TERM");
            assertThat(one.ended()).isZero();
        }
    }

    /** The entry of deploy/monitoring, and as docs/monitoring.md has it for a certificate that can be verified. */
    @Test
    void prometheusScrapesTheControllerAndTakesTheAlertRules() throws Exception {
        Requirements.programs(List.of("prometheus"));
        Path pki = kubernetes.folder().resolve("pki");
        certificate("scraped", "/CN=scraped", "serverAuth", "DNS:capstan-controller.capstan-system.svc");
        account("prometheus");
        cluster.kubectl(
                        "create",
                        "clusterrolebinding",
                        "prometheus",
                        "--clusterrole=capstan-metrics-reader",
                        "--serviceaccount=capstan-system:prometheus")
                .orFail();
        try (ControllerProcess one = ControllerProcess.start(
                folder,
                "scraped",
                kubeconfig,
                "metrics-certificate=" + pki.resolve("scraped.crt"),
                "metrics-key=" + pki.resolve("scraped.key"))) {
            node("scraped");
            Path token = Files.writeString(folder.resolve("prometheus.token"), token("prometheus"));
            try (Prometheus prometheus = Prometheus.start(
                    folder.resolve("prometheus"), "127.0.0.1:" + one.metricsPort(), pki.resolve("ca.crt"), token)) {
                for (String job : List.of("capstan-controller", "capstan-controller-verified")) {
                    Await.until(
                            job + " is up",
                            prometheus::targets,
                            () -> prometheus.values("up{job='" + job + "'}").equals(List.of("1")));
                    Await.until(
                            "its series",
                            prometheus::targets,
                            () -> prometheus
                                    .values("capstan_nodes{job='" + job + "',reason='AgentSilent'}")
                                    .equals(List.of("1")));
                }
                Await.until(
                        "the rules are evaluated",
                        () -> prometheus.rules().toString(),
                        () -> prometheus.rules().values().stream().allMatch("ok"::equals));
                assertThat(prometheus.rules()).containsKeys("CapstanNoLeader", "CapstanNodesNotTrusting");
            }
            one.signal("TERM");
            assertThat(one.ended()).isZero();
        } finally {
            cluster.kubectl("delete", "node", "scraped", "--ignore-not-found");
        }
    }

    @Test
    void whoLeavesTakesTheConditionAndTheTaintFromNodesAndNothingElse() throws Exception {
        try (ControllerProcess one = ControllerProcess.start(folder, "before", kubeconfig)) {
            node("left");
            cluster.patchStatus(
                    "/api/v1/nodes/left",
                    "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Kubelet\",\"message\":\"\"}]}}");
            Await.until(
                    "the condition",
                    () -> node("left", "{.status.conditions[*].type}").contains("CustomCATrusted"));
            one.signal("TERM");
            assertThat(one.ended()).isZero();
        }
        cluster.kubectl(
                        "taint",
                        "node",
                        "left",
                        "capstan.dev/trust-pending=:NoSchedule",
                        "team.corp/gpu=yes:NoSchedule")
                .orFail();
        try (ControllerProcess leaving = ControllerProcess.leaving(folder, "leaving", withCertificate)) {
            assertThat(node("left", "{.status.conditions[*].type}")).isEqualTo("Ready");
            assertThat(node("left", "{.spec.taints[*].key}"))
                    .contains("team.corp/gpu")
                    .doesNotContain("capstan.dev/trust-pending");
            String health = "http://127.0.0.1:" + leaving.healthPort();
            assertThat(curl(health + "/readyz"))
                    .contains("nothing of Capstan is left")
                    .endsWith("200");
        } finally {
            cluster.kubectl("delete", "node", "left", "--ignore-not-found");
        }
    }

    /** RealNodesTest runs it where there are pods; here the API server itself takes it. */
    @Test
    void thePatchThatUninstallsPutsItInTheControllersPlace() throws Exception {
        Path deploy = Repository.ROOT.resolve("deploy");
        try {
            cluster.kubectl("apply", "-f", deploy.resolve("controller.yaml").toString())
                    .orFail();
            assertThat(cluster.kubectl(
                                    "-n",
                                    "capstan-system",
                                    "patch",
                                    "deployment",
                                    "capstan-controller",
                                    "--patch",
                                    Files.readString(deploy.resolve("uninstall-controller.yaml")),
                                    "-o",
                                    "jsonpath={.spec.replicas} {.spec.strategy} {.spec.template.spec.containers[0].args}")
                            .orFail()
                            .text()
                            .strip())
                    .isEqualTo("1 {\"type\":\"Recreate\"} [\"controller\",\"--uninstall\"]");
        } finally {
            cluster.kubectl("delete", "-f", deploy.resolve("controller.yaml").toString(), "--ignore-not-found");
        }
    }

    private static String node(String name, String path) {
        return cluster.kubectl("get", "node", name, "-o", "jsonpath=" + path)
                .text()
                .strip();
    }

    @Test
    void itsAccountMayDoWhatItNeedsAndNothingThatMakesItMore() {
        Map<String, String> refused = Map.of(
                "create clusterrolebindings", "rights",
                "create serviceaccounts/token", "somebody's credential",
                "get secrets", "other Secrets",
                "create pods", "pods",
                "delete nodes", "nodes",
                "update nodes", "whole nodes",
                "list events", "what others said",
                "update leases", "agents' Leases");
        refused.forEach((what, words) -> assertThat(may(what)).as(words).isEqualTo("no"));
        for (String what : List.of(
                "patch nodes",
                "patch nodes/status",
                "create nodetrusts.capstan.dev",
                "patch agentpools.capstan.dev/status",
                "create tokenreviews.authentication.k8s.io",
                "get secrets/custom-ca-trust-secret")) {
            assertThat(may(what)).as(what).isEqualTo("yes");
        }
        assertThat(may("update leases/capstan-controller", "kube-system")).isEqualTo("yes");
        assertThat(may("update leases", "kube-system"))
                .as("other components' Leases")
                .isEqualTo("no");
    }

    private static String may(String what) {
        return may(what, "capstan-system");
    }

    private static String may(String what, String namespace) {
        String[] words = what.split(" ", -1);
        String[] resource = words[1].split("/", -1);
        boolean isSubresource =
                resource.length == 2 && List.of("status", "token").contains(resource[1]);
        List<String> command = new ArrayList<>(List.of(
                "auth",
                "can-i",
                words[0],
                isSubresource ? resource[0] : words[1],
                "-n",
                namespace,
                "--as",
                "system:serviceaccount:capstan-system:capstan-controller"));
        if (isSubresource) {
            command.add("--subresource=" + resource[1]);
        }
        return cluster.kubectl(command.toArray(String[]::new))
                .text()
                .lines()
                .reduce("", (before, line) -> line)
                .strip()
                .split(" ", -1)[0];
    }

    /** A node of somebody else's, and the proof that a controller works: its NodeTrust. */
    private static void node(String name) {
        cluster.apply("""
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                """.formatted(name));
        Await.until(
                "the NodeTrust of " + name,
                () -> cluster.kubectl("get", "nodetrust", name, "--ignore-not-found", "-o", "name")
                        .text()
                        .contains(name));
    }

    private static ControllerProcess leaderOf(ControllerProcess one, ControllerProcess two) {
        Await.until(
                "one of them leads",
                () -> List.of(one.identity(), two.identity()).contains(holder()));
        return holder().equals(one.identity()) ? one : two;
    }

    private static String holder() {
        return cluster.kubectl(
                        "get",
                        "lease",
                        "-n",
                        "kube-system",
                        "capstan-controller",
                        "--ignore-not-found",
                        "-o",
                        "jsonpath={.spec.holderIdentity}")
                .text()
                .strip();
    }

    private static void account(String name) {
        cluster.kubectl("create", "serviceaccount", "-n", "capstan-system", name)
                .orFail();
    }

    /** A token as the kubelet asks for one (kubectl 1.20 has no word for it). */
    private static String token(String account) throws Exception {
        Path request = Files.writeString(
                Files.createTempFile(folder, "token", ".json"),
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"expirationSeconds\":3600}}");
        String answer = cluster.kubectl(
                        "create",
                        "--raw",
                        "/api/v1/namespaces/capstan-system/serviceaccounts/" + account + "/token",
                        "-f",
                        request.toString())
                .orFail()
                .text();
        return answer.replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1");
    }

    /** Body and, as the last line, the status code. */
    private static String curl(String url, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-ks", "--max-time", "10", "-w", "\n%{http_code}", url));
        command.addAll(List.of(options));
        return Program.clean().run(command, "").text();
    }
}
