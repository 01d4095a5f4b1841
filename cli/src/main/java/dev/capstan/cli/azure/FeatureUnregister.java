package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "unregister",
        description = "Takes back the registration of a preview feature.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan feature unregister --namespace Microsoft.ContainerService --name CustomCATrustPreview")
public final class FeatureUnregister implements Callable<Integer> {

    private final Session session;

    @Mixin
    private FeatureOption feature = new FeatureOption();

    @Mixin
    private Output output = new Output();

    public FeatureUnregister(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var answer = arm.post(feature.path(arm, "/unregister"));
            output.print(session, answer.json());
        }
        return ExitCode.OK;
    }
}
