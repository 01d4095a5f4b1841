package dev.capstan.server.incluster;

import dev.capstan.resources.ClusterEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How the controller reaches the API: as a pod does, or by a kubeconfig. */
sealed interface Access {

    /** Reads everything but the token of a pod, which is read at each request. */
    ClusterEndpoint read() throws IOException;

    /**
     * As every pod may: address from the environment, authority and token from the files of its service account, which the
     * kubelet writes anew before they end (Kubernetes: Accessing the Kubernetes API from a Pod).
     */
    record Pod(Map<String, String> environment, Path folder) implements Access {

        static final Path FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

        @Override
        public ClusterEndpoint read() throws IOException {
            String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
            String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
            if (host.isEmpty()) {
                throw new IOException(
                        "KUBERNETES_SERVICE_HOST is not set: this is no pod; outside of one give --kubeconfig"
                                + " FILE");
            }
            Path token = folder.resolve("token");
            Files.readString(token);
            return new ClusterEndpoint(
                    "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port,
                    Files.readString(folder.resolve("ca.crt")),
                    () -> text(token));
        }

        private static String text(Path token) {
            try {
                return Files.readString(token).strip();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the service account's token", e);
            }
        }
    }

    /** By the current context of a kubeconfig; read anew for each term. */
    record ByKubeconfig(Path file) implements Access {

        @Override
        public ClusterEndpoint read() throws IOException {
            return Kubeconfig.read(file).endpoint();
        }
    }
}
