package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Kubeconfigs of managed clusters, as their administrator: the service account {@code kube-system/capstan-user} of that
 * cluster, bound to {@code cluster-admin} and made when it is first asked for. Whoever gets one can do everything in that
 * cluster and nothing elsewhere. Names in it are AKS's, so that {@code kubectl --context} takes what its users expect.
 */
final class Credentials {

    private static final String NAMESPACE = "kube-system";
    private static final String ACCOUNT = "capstan-user";
    private static final String ACCOUNTS = "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts";
    private static final String RBAC = "rbac.authorization.k8s.io";

    /** How long a token is good; the server may make it less. */
    private static final Duration LIFE = Duration.ofDays(30);

    private final Clusters clusters;
    private final AttachedRules attached;
    private final Function<String, ClusterEndpoint> endpoints;
    private final Interceptor tap;

    /**
     * Credentials of clusters.
     *
     * @param endpoints from the object name of a ManagedCluster to its own API
     */
    Credentials(
            Clusters clusters, AttachedRules attached, Function<String, ClusterEndpoint> endpoints, Interceptor tap) {
        this.clusters = clusters;
        this.attached = attached;
        this.endpoints = endpoints;
        this.tap = tap;
    }

    List<Route> routes() {
        String one = "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                + "/managedclusters/{cluster}";
        return List.of(
                Route.cluster("POST", one + "/listclusterusercredential", call -> list(call, false)),
                Route.cluster("POST", one + "/listclusteradmincredential", call -> list(call, true)));
    }

    private ArmAnswer list(Call call, boolean admin) {
        Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
        if (attached.isAttached(cluster.spec().location())) {
            throw ArmFailure.badRequest(
                    "OperationNotAllowed",
                    "The location '" + cluster.spec().location()
                            + "' is a cluster that is there, and Capstan hands out no"
                            + " credential for it: use the kubeconfig that you have.");
        }
        ManagedCluster.Status status = cluster.status();
        if (status == null || status.endpoint() == null) {
            throw ArmFailure.notAllowed("The managed cluster has no Kubernetes API yet; its state is "
                    + new ClusterState(cluster).provisioningState() + ". Try again in a moment.");
        }
        ClusterEndpoint endpoint = endpoints.apply(cluster.name());
        String token;
        try (KubernetesApi api = KubernetesApi.open(endpoint, tap)) {
            token = token(api);
        }
        String text = kubeconfig(cluster.spec(), endpoint, token, admin);
        ObjectNode list = Json.object();
        list.putArray("kubeconfigs")
                .addObject()
                .put("name", admin ? "clusterAdmin" : "clusterUser")
                .put("value", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        return ArmAnswer.ok(list).with("Cache-Control", "no-store");
    }

    /** A fresh token (Kubernetes: TokenRequest). What is made on the way stays, and is found the next time. */
    private static String token(KubernetesApi api) {
        createIfAbsent(api, ACCOUNTS, account());
        createIfAbsent(api, "/apis/" + RBAC + "/v1/clusterrolebindings", binding());
        ObjectNode request =
                Json.object().put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        request.putObject("spec").put("expirationSeconds", LIFE.toSeconds());
        try {
            return api.create(ACCOUNTS + "/" + ACCOUNT + "/token", request)
                    .at("/status/token")
                    .asText();
        } catch (Conflict impossible) {
            throw new IllegalStateException("a token is no object that could be there already", impossible);
        }
    }

    private static void createIfAbsent(KubernetesApi api, String path, ObjectNode object) {
        if (api.get(path + "/" + ACCOUNT).isEmpty()) {
            try {
                api.create(path, object);
            } catch (Conflict madeMeanwhile) {
                // By another request for the same, with the same content.
            }
        }
    }

    private static ObjectNode account() {
        ObjectNode account = Json.object().put("apiVersion", "v1").put("kind", "ServiceAccount");
        named(account).put("namespace", NAMESPACE);
        return account;
    }

    private static ObjectNode binding() {
        ObjectNode binding = Json.object().put("apiVersion", RBAC + "/v1").put("kind", "ClusterRoleBinding");
        named(binding);
        binding.putObject("roleRef")
                .put("apiGroup", RBAC)
                .put("kind", "ClusterRole")
                .put("name", "cluster-admin");
        binding.putArray("subjects")
                .addObject()
                .put("kind", "ServiceAccount")
                .put("name", ACCOUNT)
                .put("namespace", NAMESPACE);
        return binding;
    }

    private static ObjectNode named(ObjectNode object) {
        ObjectNode metadata = object.putObject("metadata").put("name", ACCOUNT);
        metadata.putObject("labels").put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
        return metadata;
    }

    /** Every value is a JSON string, which YAML reads as it is. */
    private static String kubeconfig(ManagedCluster.Spec spec, ClusterEndpoint endpoint, String token, boolean admin) {
        String user = quoted((admin ? "clusterAdmin_" : "clusterUser_") + spec.resourceGroup() + "_" + spec.name());
        String cluster = quoted(spec.name());
        String context = quoted(spec.name() + (admin ? "-admin" : ""));
        String authority = Base64.getEncoder()
                .encodeToString(endpoint.certificateAuthority().getBytes(StandardCharsets.US_ASCII));
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %s
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: %s
                  user:
                    token: %s
                contexts:
                - name: %s
                  context:
                    cluster: %s
                    user: %s
                current-context: %s
                """.formatted(
                cluster, quoted(endpoint.url()), authority, user, quoted(token), context, cluster, user, context);
    }

    private static String quoted(String text) {
        return Json.object().textNode(text).toString();
    }
}
