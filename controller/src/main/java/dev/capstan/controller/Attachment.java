package dev.capstan.controller;

import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is found of a cluster that is to be attached.
 *
 * @param uid UID of its namespace {@code kube-system}
 * @param version its Kubernetes version
 * @param nodes how many nodes it has
 * @param pools how many nodes there are of each pool, by the label's values
 * @param withoutTrust how many nodes have no NodeTrust: there the cluster's own controller has not been yet
 */
public record Attachment(String uid, String version, int nodes, Map<String, Integer> pools, int withoutTrust) {

    private static final int OLDEST_MINOR = 20;

    /**
     * Looks at it; writes nothing.
     *
     * @param poolLabel key of the label that says of which pool a node is
     * @throws AttachmentException with everything that is missing
     */
    public static Attachment of(ClusterEndpoint endpoint, String poolLabel) throws AttachmentException {
        try (KubernetesClient client = new Clients(Clients.NOTHING).open(endpoint)) {
            String version = version(client);
            List<String> missing = new ArrayList<>();
            checkDefinitions(client, missing);
            checkRights(client, missing);
            if (!missing.isEmpty()) {
                throw new AttachmentException(missing);
            }
            Namespace system =
                    client.namespaces().withName(Names.SECRET_NAMESPACE).get();
            if (system == null) {
                throw new AttachmentException(List.of("it has no namespace " + Names.SECRET_NAMESPACE));
            }
            List<Node> nodes = client.nodes().list().getItems();
            Set<String> trusts = client.resources(NodeTrustObject.class).list().getItems().stream()
                    .map(trust -> trust.getMetadata().getName())
                    .collect(Collectors.toSet());
            return new Attachment(
                    system.getMetadata().getUid(), version, nodes.size(), pools(nodes, poolLabel), (int) nodes.stream()
                            .filter(node -> !trusts.contains(node.getMetadata().getName()))
                            .count());
        } catch (KubernetesClientException e) {
            throw new AttachmentException(List.of(AttachedApi.words(endpoint, e)));
        } catch (IllegalArgumentException unreadable) {
            // Without its cause, which may quote what it could not read.
            throw new AttachmentException(
                    List.of("its certificate authority, client certificate or key cannot be read"));
        }
    }

    private static String version(KubernetesClient client) throws AttachmentException {
        var version = client.getKubernetesVersion();
        if (version == null || version.getMajor() == null) {
            throw new AttachmentException(List.of("what answers there is no Kubernetes API"));
        }
        String minor = Objects.requireNonNullElse(version.getMinor(), "").replaceAll("[^0-9].*", "");
        if (version.getMajor().equals("1") && (minor.isEmpty() || Integer.parseInt(minor) < OLDEST_MINOR)) {
            throw new AttachmentException(List.of("its Kubernetes is " + version.getGitVersion()
                    + "; the oldest that Capstan works on is 1." + OLDEST_MINOR));
        }
        return version.getGitVersion();
    }

    private static void checkDefinitions(KubernetesClient client, List<String> missing) {
        APIResourceList resources = client.getApiResources(Names.API_VERSION);
        Set<String> served = resources == null
                ? Set.of()
                : resources.getResources().stream().map(APIResource::getName).collect(Collectors.toSet());
        if (!served.containsAll(Set.of(NodeTrust.PLURAL, CertificateSets.PLURAL))) {
            missing.add("Capstan is not installed in it (no " + NodeTrust.PLURAL + "." + Names.GROUP
                    + "): run 'kubectl apply -k deploy' on it first");
        }
    }

    private static void checkRights(KubernetesClient client, List<String> missing) {
        AttachedRights.onCluster().forEach(rule -> checkRight(client, rule, null, missing));
        AttachedRights.onSystemNamespace().forEach(rule -> checkRight(client, rule, Names.SYSTEM_NAMESPACE, missing));
    }

    private static void checkRight(
            KubernetesClient client, Rule rule, @Nullable String namespace, List<String> missing) {
        for (String verb : rule.verbs()) {
            var review = client.resource(new SelfSubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withNewResourceAttributes()
                            .withVerb(verb)
                            .withGroup(rule.apiGroup())
                            .withResource(rule.resource())
                            .withName(
                                    rule.resourceNames().isEmpty()
                                            ? null
                                            : rule.resourceNames().getFirst())
                            .withNamespace(namespace)
                            .endResourceAttributes()
                            .endSpec()
                            .build())
                    .create();
            if (!Boolean.TRUE.equals(review.getStatus().getAllowed())) {
                missing.add("the credential may not " + verb + " " + rule.resource()
                        + (rule.apiGroup().isEmpty() ? "" : "." + rule.apiGroup())
                        + (namespace == null ? "" : " in namespace " + namespace));
            }
        }
    }

    private static Map<String, Integer> pools(List<Node> nodes, String poolLabel) {
        Map<String, Integer> pools = new TreeMap<>();
        for (Node node : nodes) {
            Map<String, String> labels = node.getMetadata().getLabels();
            String pool = labels == null ? null : labels.get(poolLabel);
            if (pool != null) {
                pools.merge(pool, 1, Integer::sum);
            }
        }
        return pools;
    }
}
