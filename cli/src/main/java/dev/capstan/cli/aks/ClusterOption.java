package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.arm.LongRunning;
import dev.capstan.cli.kubernetes.ClusterId;
import dev.capstan.cli.session.Session;
import picocli.CommandLine.Option;

/** The options that say which cluster is meant. */
final class ClusterOption {

    @Option(
            names = {"-g", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String group = "";

    @Option(
            names = {"-n", "--name"},
            required = true,
            paramLabel = "CLUSTER",
            description = "Name of the cluster.")
    private String name = "";

    String group() {
        return group;
    }

    String name() {
        return name;
    }

    /** Throws a problem that tells which name AKS would not take. */
    void check() {
        ClusterId.check(group, name);
    }

    String path(Arm arm) {
        return path(arm, "");
    }

    /** Path of what is under the cluster. */
    String path(Arm arm, String rest) {
        check();
        return ArmPath.cluster(arm.subscription(), group, name, rest);
    }

    /** Posts one of the cluster's actions, such as {@code /stop}, and waits for its end where that is wanted. */
    void post(Session session, String action, WriteOptions write) {
        check();
        try (var arm = Arm.of(session)) {
            var begun = arm.post(path(arm, action));
            if (write.waits()) {
                operations(arm).await(begun, path(arm));
            }
        }
    }

    LongRunning operations(Arm arm) {
        return new LongRunning(
                arm,
                ("'capstan aks wait -g %s -n %s --updated' waits again, 'capstan aks operation-abort -g %s -n %s' ends it"
                                + " where it stands.")
                        .formatted(group, name, group, name));
    }
}
