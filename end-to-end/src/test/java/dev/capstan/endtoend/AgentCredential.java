package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node's only credential, tried on everything that its cluster serves.
 *
 * @param api the cluster's API as the holder of the credential sees it
 * @param node the node it was taken from
 * @param other another node of the cluster
 */
record AgentCredential(Api api, String node, String other) {

    private static final List<String> VERBS = List.of(
            "get",
            "list",
            "watch",
            "create",
            "update",
            "patch",
            "delete",
            "deletecollection",
            "impersonate",
            "escalate",
            "bind");

    /** Takes the credential from where the node keeps it. */
    static AgentCredential of(Cluster cluster, String node, String other) throws Exception {
        String token =
                cluster.on(node, "cat", "/run/capstan/token").orFail().text().strip();
        return new AgentCredential(Api.of(cluster, token), node, other);
    }

    /** Asks the server about every verb on every resource that it names, on every object that could matter. */
    void isGrantedWhatTheDesignSaysAndNothingElse() throws Exception {
        Set<String> granted = new TreeSet<>(Set.of(
                "get secrets kube-system custom-ca-trust-secret",
                "list secrets kube-system custom-ca-trust-secret",
                "watch secrets kube-system custom-ca-trust-secret",
                "get nodetrusts.capstan.dev - " + node,
                "list nodetrusts.capstan.dev - " + node,
                "watch nodetrusts.capstan.dev - " + node,
                "patch nodetrusts.capstan.dev/status - " + node,
                "get nodes - " + node,
                "get namespaces - kube-system",
                "get leases.coordination.k8s.io capstan-system " + node,
                "update leases.coordination.k8s.io capstan-system " + node,
                "create serviceaccounts/token capstan-system " + account(node)));
        List<String> objects = List.of(
                "", node, other, account(node), account(other), "custom-ca-trust-secret", "kube-system", "default");
        List<JsonNode> resources = api.resources();
        assertThat(resources).hasSizeGreaterThan(15);

        Set<String> allowed = new TreeSet<>();
        for (JsonNode resource : resources) {
            String name = resource.path("name").asText();
            String group = resource.path("group").asText();
            for (String verb : VERBS) {
                for (String namespace : resource.path("namespaced").asBoolean()
                        ? List.of("kube-system", "default", "capstan-system")
                        : List.of("-")) {
                    for (String object : objects) {
                        if (api.allows(verb, group, name, namespace, object)) {
                            allowed.add(right(verb, group, name, namespace, object));
                        }
                    }
                }
            }
        }
        // Reading certificate sets, and asking about oneself, name no object.
        allowed.removeIf(right -> right.matches("(get|list|watch) certificatesets\\.capstan\\.dev - .*"));
        allowed.removeIf(right -> right.matches("create self.*"));
        assertThat(allowed).isEqualTo(granted);
    }

    /** What the review says is what the server does. */
    void isRefusedByTheServerItself() throws Exception {
        assertThat(api.status("GET", "/api/v1/namespaces/kube-system/secrets")).isEqualTo(403);
        assertThat(api.status("GET", "/api/v1/secrets")).isEqualTo(403);
        assertThat(api.status("GET", "/api/v1/namespaces/capstan-system/secrets"))
                .isEqualTo(403);
        assertThat(api.status("GET", "/apis/capstan.dev/v1/nodetrusts")).isEqualTo(403);
        assertThat(api.status("GET", "/apis/capstan.dev/v1/nodetrusts/" + other))
                .isEqualTo(403);
        assertThat(api.status("GET", "/api/v1/nodes/" + other)).isEqualTo(403);
        assertThat(api.status("DELETE", "/apis/capstan.dev/v1/nodetrusts/" + node))
                .isEqualTo(403);
        assertThat(askForTokenOf(account(other))).isEqualTo(403);
        assertThat(api.status("GET", "/apis/capstan.dev/v1/nodetrusts/" + node)).isEqualTo(200);
        assertThat(api.status(
                        "GET",
                        "/api/v1/namespaces/kube-system/secrets?fieldSelector=metadata.name%3Dcustom-ca-trust-secret"))
                .isEqualTo(200);
        assertThat(askForTokenOf(account(node))).isEqualTo(201);
    }

    private int askForTokenOf(String account) throws Exception {
        return api.status(
                "POST",
                "/api/v1/namespaces/capstan-system/serviceaccounts/" + account + "/token",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}");
    }

    private static String account(String node) {
        return "capstan-agent-" + node;
    }

    private static String right(String verb, String group, String resource, String namespace, String object) {
        int slash = resource.indexOf('/');
        String plural = slash < 0 ? resource : resource.substring(0, slash);
        String sub = slash < 0 ? "" : resource.substring(slash);
        return verb + " " + plural + (group.isEmpty() ? "" : "." + group) + sub + " " + namespace + " " + object;
    }
}
