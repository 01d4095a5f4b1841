package dev.capstan.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/**
 * The service account of a cluster that people use: {@code kube-system/capstan-user}, bound to {@code cluster-admin}.
 * Made when it is first asked for.
 */
final class ClusterUser {

    private static final String NAMESPACE = "kube-system";
    private static final String NAME = "capstan-user";

    private final Api api;
    private final String cluster;

    /**
     * The user of a cluster.
     *
     * @param cluster object name of the ManagedCluster
     */
    ClusterUser(Api api, String cluster) {
        this.api = api;
        this.cluster = "/clusters/" + cluster;
    }

    /** A fresh token (Kubernetes: TokenRequest). The server may make it valid for less. */
    String token(Duration validity) {
        var accounts = cluster + "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts";
        api.createIfAbsent(accounts, account());
        api.createIfAbsent(cluster + "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding());
        var request =
                Json.object().put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        request.putObject("spec").put("expirationSeconds", validity.toSeconds());
        return api.create(accounts + "/" + NAME + "/token", request)
                .at("/status/token")
                .asText();
    }

    private static ObjectNode account() {
        var account = Json.object().put("apiVersion", "v1").put("kind", "ServiceAccount");
        named(account).put("namespace", NAMESPACE);
        return account;
    }

    private static ObjectNode binding() {
        var group = "rbac.authorization.k8s.io";
        var binding = Json.object().put("apiVersion", group + "/v1").put("kind", "ClusterRoleBinding");
        named(binding);
        binding.putObject("roleRef")
                .put("apiGroup", group)
                .put("kind", "ClusterRole")
                .put("name", "cluster-admin");
        binding.putArray("subjects")
                .addObject()
                .put("kind", "ServiceAccount")
                .put("name", NAME)
                .put("namespace", NAMESPACE);
        return binding;
    }

    private static ObjectNode named(ObjectNode object) {
        var metadata = object.putObject("metadata").put("name", NAME);
        metadata.putObject("labels").put("app.kubernetes.io/managed-by", "capstan");
        return metadata;
    }
}
