package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.resources.CustomResourceDefinitions;
import java.util.ArrayList;
import java.util.List;

/**
 * The identities that Capstan's programs have at a cluster's API, each with what it may do there, and nothing else: written
 * down here once more, as a reader of the documents would, and not read from the manifests.
 *
 * @param cluster where they are tried
 * @param node a node of it, and {@code other} another
 */
record Identities(Cluster cluster, String node, String other) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What follows the Secret and reads what nodes shall trust, whoever does it. */
    private static final List<String> READS_SECRET = List.of(
            "get secrets kube-system custom-ca-trust-secret",
            "list secrets kube-system custom-ca-trust-secret",
            "watch secrets kube-system custom-ca-trust-secret");

    private static final List<String> READS_SETS = List.of(
            "get certificatesets.capstan.dev - *",
            "list certificatesets.capstan.dev - *",
            "watch certificatesets.capstan.dev - *",
            "get namespaces - kube-system");

    /** Of one node alone, on machines that Capstan makes and in the systemd form; its token lies on the node. */
    RightsMatrix agentOfOneNode() throws Exception {
        String token =
                cluster.on(node, "cat", "/run/capstan/token").orFail().text().strip();
        List<String> granted = new ArrayList<>(READS_SECRET);
        granted.addAll(READS_SETS);
        granted.addAll(List.of(
                "get nodetrusts.capstan.dev - " + node,
                "list nodetrusts.capstan.dev - " + node,
                "watch nodetrusts.capstan.dev - " + node,
                "patch nodetrusts.capstan.dev/status - " + node,
                "get nodes - " + node,
                "get leases.coordination.k8s.io capstan-system " + node,
                "update leases.coordination.k8s.io capstan-system " + node,
                "create serviceaccounts/token capstan-system " + account(node)));
        return matrix(token, granted);
    }

    /** What the agents of the DaemonSet share. */
    RightsMatrix agentsOfTheDaemonSet() throws Exception {
        List<String> granted = new ArrayList<>(READS_SECRET);
        granted.addAll(READS_SETS);
        granted.addAll(List.of(
                "get nodetrusts.capstan.dev - *",
                "list nodetrusts.capstan.dev - *",
                "watch nodetrusts.capstan.dev - *",
                "patch nodetrusts.capstan.dev/status - *",
                "get nodes - *",
                "get leases.coordination.k8s.io capstan-system *",
                "update leases.coordination.k8s.io capstan-system *"));
        return matrix(installed("agent-rights.yaml", "capstan-agent"), granted);
    }

    /** The controller's, where it is in the cluster whose nodes it looks after. */
    RightsMatrix controller() throws Exception {
        List<String> granted = List.of(
                "get nodes - *",
                "list nodes - *",
                "watch nodes - *",
                "patch nodes - *",
                "patch nodes/status - *",
                "get nodetrusts.capstan.dev - *",
                "list nodetrusts.capstan.dev - *",
                "watch nodetrusts.capstan.dev - *",
                "create nodetrusts.capstan.dev - *",
                "patch nodetrusts.capstan.dev - *",
                "delete nodetrusts.capstan.dev - *",
                "get agentpools.capstan.dev - *",
                "list agentpools.capstan.dev - *",
                "watch agentpools.capstan.dev - *",
                "patch agentpools.capstan.dev/status - *",
                "get secrets * custom-ca-trust-secret",
                "list secrets * custom-ca-trust-secret",
                "watch secrets * custom-ca-trust-secret",
                "get events * *",
                "create events * *",
                "patch events * *",
                "create tokenreviews.authentication.k8s.io - *",
                "create subjectaccessreviews.authorization.k8s.io - *",
                "get leases.coordination.k8s.io capstan-system *",
                "list leases.coordination.k8s.io capstan-system *",
                "watch leases.coordination.k8s.io capstan-system *",
                "create leases.coordination.k8s.io capstan-system *",
                "delete leases.coordination.k8s.io capstan-system *",
                "create leases.coordination.k8s.io kube-system *",
                "get leases.coordination.k8s.io kube-system capstan-controller",
                "update leases.coordination.k8s.io kube-system capstan-controller");
        return matrix(installed("controller-rights.yaml", "capstan-controller"), granted);
    }

    /** Gives an account its rights as an installation does, and takes a token of it. */
    private String installed(String manifest, String account) throws Exception {
        cluster.apply(String.join("\n---\n", CustomResourceDefinitions.manifests()));
        for (String file : List.of("namespace.yaml", manifest)) {
            cluster.kubectl(
                            "apply",
                            "-f",
                            Repository.ROOT.resolve("deploy").resolve(file).toString())
                    .orFail();
        }
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
                .orFail();
        String answer = cluster.api()
                .post(
                        "/api/v1/namespaces/capstan-system/serviceaccounts/" + account + "/token",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}");
        return JSON.readTree(answer).at("/status/token").asText();
    }

    private RightsMatrix matrix(String token, List<String> granted) throws Exception {
        // Those of another node, and the account whose token would be the other's.
        List<String> names = List.of(node, other, account(other));
        return new RightsMatrix(Api.of(cluster, token), granted, names);
    }

    private static String account(String node) {
        return "capstan-agent-" + node;
    }
}
