package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows a resource provider.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan provider show -n Microsoft.ContainerService --query registrationState -o tsv")
public final class ProviderShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ProviderOption provider = new ProviderOption();

    @Mixin
    private Output output = new Output();

    public ProviderShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Providers.shaped(arm.get(provider.path(arm, ""))));
        }
        return ExitCode.OK;
    }
}
