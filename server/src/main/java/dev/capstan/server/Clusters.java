package dev.capstan.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.controller.ClusterAccess;
import dev.capstan.embeddedkubernetes.EmbeddedKubernetes;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resourceprovider.store.Reads;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The clusters of the embedded API: the management cluster, which is there from the start with Capstan's custom resources
 * in it, and one for each ManagedCluster, which the controller asks for.
 */
final class Clusters implements ClusterAccess {

    static final String MANAGEMENT = "management";

    private static final YAMLMapper YAML = new YAMLMapper();

    private final EmbeddedKubernetes kubernetes;
    private final String endpoint;
    private final String certificateAuthority;
    private final AdministratorToken administrator;
    private final AttachedClusters attached;

    Clusters(
            EmbeddedKubernetes kubernetes,
            String endpoint,
            String certificateAuthority,
            AdministratorToken administrator,
            AttachedClusters attached) {
        this.attached = attached;
        this.kubernetes = kubernetes;
        this.endpoint = endpoint;
        this.certificateAuthority = certificateAuthority;
        this.administrator = administrator;
    }

    /**
     * Opens every cluster of the home, and makes the management cluster if it is not there. The key that signs tokens is
     * in that cluster itself, so the first start opens it twice.
     */
    static EmbeddedKubernetes open(HomeFolder home, AdministratorToken administrator)
            throws IOException, StartException {
        var folder = home.makeFolder("clusters");
        var fresh = SigningKey.generate();
        var opened = EmbeddedKubernetes.open(folder, administrator.sha256(), fresh);
        try {
            var management = opened.create(MANAGEMENT);
            define(management);
            var kept = SigningKey.find(management);
            if (kept.isEmpty()) {
                SigningKey.keep(management, fresh);
                return opened;
            }
            opened.close();
            return EmbeddedKubernetes.open(folder, administrator.sha256(), kept.get());
        } catch (IOException | StartException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** How the administrator reaches a cluster. */
    ClusterEndpoint endpoint(String cluster) {
        return new ClusterEndpoint(endpoint + "/clusters/" + cluster, certificateAuthority, administrator::text);
    }

    /** The same as the ARM façade has it; where the cluster is an attached one, that. */
    ClusterEndpoint armEndpoint(String cluster) {
        return kubernetes
                .find(MANAGEMENT)
                .flatMap(management -> management.get(ManagedCluster.PLURAL + "." + Names.GROUP, "", cluster))
                .flatMap(object ->
                        attached.armEndpoint(object.at("/spec/location").asText()))
                .orElseGet(() -> endpoint(cluster));
    }

    /** The management cluster's custom resources, out of the memory that its API answers from. */
    Reads reads() {
        VirtualCluster management = kubernetes.find(MANAGEMENT).orElseThrow();
        return new Reads() {
            @Override
            public Optional<ObjectNode> get(String plural, String name) {
                return management.get(resource(plural), "", name);
            }

            @Override
            public List<ObjectNode> list(String plural) {
                return management.list(resource(plural), null);
            }

            private static String resource(String plural) {
                return plural + "." + Names.GROUP;
            }
        };
    }

    @Override
    public ClusterEndpoint ensure(String cluster) {
        kubernetes.create(cluster);
        return endpoint(cluster);
    }

    @Override
    public void delete(String cluster) {
        kubernetes.delete(cluster);
    }

    private static void define(VirtualCluster management) throws JsonProcessingException {
        for (var manifest : CustomResourceDefinitions.manifests()) {
            management.ensure((ObjectNode) YAML.readTree(manifest));
        }
        ObjectNode namespace =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Namespace");
        namespace
                .putObject("metadata")
                .put("name", Names.SYSTEM_NAMESPACE)
                .putObject("labels")
                .put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
        management.ensure(namespace);
    }
}
