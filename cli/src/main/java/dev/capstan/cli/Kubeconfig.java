package dev.capstan.cli;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A kubeconfig with one cluster, one user and one context (Kubernetes: client configuration, {@code v1/Config}). Every
 * value is a JSON string, which YAML reads as it is.
 */
final class Kubeconfig {

    /** How the file is known again as one of ours. */
    static final String FIRST_LINE = "# Written by 'capstan cluster kubeconfig'.";

    private Kubeconfig() {}

    static String of(ManagedCluster cluster, String certificateAuthority, String token) {
        var name = quoted(cluster.group() + "/" + cluster.name());
        var authority = Base64.getEncoder().encodeToString(certificateAuthority.getBytes(StandardCharsets.US_ASCII));
        return """
                %s
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
                FIRST_LINE, name, quoted(cluster.endpoint()), authority, name, quoted(token), name, name, name, name);
    }

    private static String quoted(String text) {
        return Json.MAPPER.getNodeFactory().textNode(text).toString();
    }
}
