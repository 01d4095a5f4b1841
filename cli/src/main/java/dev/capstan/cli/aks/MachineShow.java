package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "show",
        description = "Shows a machine of a node pool.",
        footerHeading = "%nExample:%n",
        footer = {
            "  capstan aks machine show -g dev --cluster-name one --nodepool-name nodepool1 --machine-name MACHINE"
        })
public final class MachineShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private MachinesOption machines = new MachinesOption();

    @Option(
            names = "--machine-name",
            required = true,
            paramLabel = "MACHINE",
            description = "Name of the machine, as 'aks machine list' prints it.")
    private String name = "";

    @Mixin
    private Output output = new Output();

    public MachineShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.machine(arm.get(machines.path(arm, name))), Tables::machines);
        }
        return ExitCode.OK;
    }
}
