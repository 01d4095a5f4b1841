package dev.capstan.resources;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The manifests of the custom resources: {@code apiextensions.k8s.io/v1}, structural, without rules that need CEL, so
 * that Kubernetes 1.20 and the embedded API serve them alike. A schema and its record say the same, field by field.
 */
public final class CustomResourceDefinitions {

    private static final List<String> PLURALS = List.of(
            ManagedCluster.PLURAL,
            AgentPool.PLURAL,
            ResourceGroup.PLURAL,
            Registration.PLURAL,
            Principal.PLURAL,
            CertificateSets.PLURAL,
            NodeTrust.PLURAL);

    private CustomResourceDefinitions() {}

    /** Every manifest, YAML, one document each. */
    public static List<String> manifests() {
        return PLURALS.stream().map(CustomResourceDefinitions::manifest).toList();
    }

    /** The manifests that a managed cluster's own API needs; a management cluster needs all. */
    public static List<String> managedClusterManifests() {
        return List.of(manifest(CertificateSets.PLURAL), manifest(NodeTrust.PLURAL));
    }

    /** Object name of the definition of a kind, such as {@code nodetrusts.capstan.dev}. */
    public static String nameOf(String plural) {
        return plural + "." + Names.GROUP;
    }

    private static String manifest(String plural) {
        String path = "crds/" + plural + ".yaml";
        try (InputStream in = CustomResourceDefinitions.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + path + " of the module resources; build again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + " from the module resources", e);
        }
    }
}
