package dev.capstan.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A cluster with the list, as its user sees it: the {@code capstan aks} commands about it, and the {@link Cluster} itself.
 *
 * @param home where its control plane runs
 * @param name its ARM name
 * @param cluster its own API and its nodes
 */
record Fleet(CapstanHome home, String name, Cluster cluster) {

    /** Makes a cluster whose list is this file, and waits until it is ready. */
    static Fleet create(CapstanHome home, String name, int nodes, Path list) {
        return new Fleet(
                home, name, Cluster.create(home, name, nodes, "--custom-ca-trust-certificates", list.toString()));
    }

    /** A file of certificates as {@code az aks} wants it: blank lines between them. */
    static Path list(Path file, Path... certificates) throws IOException {
        List<String> pieces = new ArrayList<>();
        for (Path certificate : certificates) {
            pieces.add(Files.readString(certificate).strip() + "\n");
        }
        return Files.writeString(file, String.join("\n", pieces));
    }

    /** {@code capstan aks VERB -g … -n … OPTIONS}. */
    Program.Output aks(String verb, String... options) {
        return home.run(Stream.concat(
                        Stream.of("aks", verb, "--resource-group", Cluster.GROUP, "--name", name), Stream.of(options))
                .toArray(String[]::new));
    }

    /** {@code capstan aks nodepool VERB … --name nodepool1 OPTIONS}. */
    Program.Output nodepool(String verb, String... options) {
        return home.run(Stream.concat(
                        Stream.of(
                                "aks",
                                "nodepool",
                                verb,
                                "--resource-group",
                                Cluster.GROUP,
                                "--cluster-name",
                                name,
                                "--name",
                                "nodepool1"),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    /** A model update to this list; returns when the command says that it is done. */
    void update(Path list) {
        aks("update", "--custom-ca-trust-certificates", list.toString()).orFail();
    }

    /** A model update to this list that is only begun. */
    void begin(Path list) {
        aks("update", "--custom-ca-trust-certificates", list.toString(), "--no-wait")
                .orFail();
    }

    /** Puts one running pod on each of these nodes, named after it, with these labels. */
    void pods(List<String> nodes, String app) {
        for (String node : nodes) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: on-%1$s, namespace: default, labels: {app: %2$s}}
                    spec: {nodeName: %1$s, containers: [{name: main, image: example.test/app}]}
                    """.formatted(node, app));
            cluster.patchStatus(
                    "/api/v1/namespaces/default/pods/on-" + node,
                    "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
        }
    }
}
