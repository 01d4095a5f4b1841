package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.arm.LongRunning;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.kubernetes.ClusterId;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.Session;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which pool of which cluster is meant. Names of pools are taken in either case. */
final class PoolOption {

    /** The cluster alone, for commands about all its pools. */
    static final class Cluster {

        @Option(
                names = {"-g", "--resource-group"},
                required = true,
                paramLabel = "GROUP",
                description = "Name of the resource group.")
        private String group = "";

        @Option(names = "--cluster-name", required = true, paramLabel = "CLUSTER", description = "Name of the cluster.")
        private String cluster = "";

        String pools(Arm arm) {
            ClusterId.check(group, cluster);
            return ArmPath.pools(arm.subscription(), group, cluster);
        }
    }

    @Mixin
    private Cluster cluster = new Cluster();

    @Option(
            names = {"-n", "--name", "--nodepool-name"},
            required = true,
            paramLabel = "POOL",
            description = "Name of the node pool.")
    private String name = "";

    String name() {
        return name;
    }

    String cluster() {
        return cluster.cluster;
    }

    String pools(Arm arm) {
        return cluster.pools(arm);
    }

    String path(Arm arm) {
        return path(arm, "");
    }

    /** Path of what is under the pool. */
    String path(Arm arm, String rest) {
        ClusterId.check(cluster.group, cluster.cluster);
        return ArmPath.pool(arm.subscription(), cluster.group, cluster.cluster, name, rest);
    }

    /** Reads the pool, changes it, writes it whole, and does with its end as {@link #end} does. */
    void change(Session session, WriteOptions write, Output output, Consumer<ObjectNode> change) {
        try (var arm = Arm.of(session)) {
            var body = (ObjectNode) arm.get(path(arm));
            change.accept(body);
            end(session, arm, arm.put(path(arm), body, write.headers()), write, output);
        }
    }

    /** Waits for the end of a write of the pool and prints the pool as it is then; neither where no waiting is wanted. */
    void end(Session session, Arm arm, Answer begun, WriteOptions write, Output output) {
        if (write.waits()) {
            operations(arm).await(begun, path(arm));
            output.print(session, Shape.pool(arm.get(path(arm))));
        }
    }

    LongRunning operations(Arm arm) {
        return new LongRunning(
                arm,
                ("'capstan aks wait -g %s -n %s --updated' waits again, 'capstan aks nodepool operation-abort -g %s"
                                + " --cluster-name %s -n %s' ends it where it stands.")
                        .formatted(cluster.group, cluster.cluster, cluster.group, cluster.cluster, name));
    }
}
