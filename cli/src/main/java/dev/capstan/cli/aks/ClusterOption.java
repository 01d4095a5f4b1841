package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.arm.LongRunning;
import dev.capstan.cli.kubernetes.ClusterId;
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

    LongRunning operations(Arm arm) {
        return new LongRunning(
                arm,
                ("'capstan aks wait -g %s -n %s --updated' waits again, 'capstan aks operation-abort -g %s -n %s' ends it"
                                + " where it stands.")
                        .formatted(group, name, group, name));
    }
}
