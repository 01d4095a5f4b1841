package dev.capstan.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.controller.ClusterAccess;
import dev.capstan.controller.ClusterEndpoint;
import dev.capstan.embeddedkubernetes.EmbeddedKubernetes;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resourceprovider.store.Endpoint;
import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.Names;
import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;

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

    Clusters(
            EmbeddedKubernetes kubernetes,
            String endpoint,
            String certificateAuthority,
            AdministratorToken administrator) {
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
        return ClusterEndpoint.of(endpoint + "/clusters/" + cluster, certificateAuthority, administrator.text());
    }

    /** The same as the ARM façade has it. */
    Endpoint armEndpoint(String cluster) {
        return new Endpoint(endpoint + "/clusters/" + cluster, certificateAuthority, administrator::text);
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
