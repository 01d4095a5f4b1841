package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the resource providers.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan provider list --query \"[].namespace\" -o tsv")
public final class ProviderList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public ProviderList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var providers = arm.list(ArmPath.providers(arm.subscription()));
            providers.forEach(Providers::shaped);
            output.print(session, providers);
        }
        return ExitCode.OK;
    }
}
