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
        description = "Shows whether a preview feature is registered.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan feature show --namespace Microsoft.ContainerService --name CustomCATrustPreview")
public final class FeatureShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private FeatureOption feature = new FeatureOption();

    @Mixin
    private Output output = new Output();

    public FeatureShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, arm.get(feature.path(arm, "")), Features.TABLE);
        }
        return ExitCode.OK;
    }
}
