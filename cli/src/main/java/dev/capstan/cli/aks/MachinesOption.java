package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.kubernetes.ClusterId;
import picocli.CommandLine.Option;

/** The options that say which pool's machines are meant: unlike a pool's own commands, az knows no short form here. */
final class MachinesOption {

    @Option(
            names = {"-g", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String group = "";

    @Option(names = "--cluster-name", required = true, paramLabel = "CLUSTER", description = "Name of the cluster.")
    private String cluster = "";

    @Option(names = "--nodepool-name", required = true, paramLabel = "POOL", description = "Name of the node pool.")
    private String pool = "";

    /** Path of all machines of the pool. */
    String path(Arm arm) {
        ClusterId.check(group, cluster);
        return ArmPath.machines(arm.subscription(), group, cluster, pool);
    }

    /** Path of one. */
    String path(Arm arm, String machine) {
        ClusterId.check(group, cluster);
        return ArmPath.machine(arm.subscription(), group, cluster, pool, machine);
    }
}
