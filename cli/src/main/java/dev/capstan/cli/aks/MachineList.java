package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the machines of a node pool.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks machine list -g dev --cluster-name one --nodepool-name nodepool1 -o table")
public final class MachineList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private MachinesOption machines = new MachinesOption();

    @Mixin
    private Output output = new Output();

    public MachineList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.machines(arm.list(machines.path(arm))), Tables::machines);
        }
        return ExitCode.OK;
    }
}
