package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "register",
        description = "Registers a preview feature, so that its flags are taken.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan feature register --namespace Microsoft.ContainerService --name CustomCATrustPreview")
public final class FeatureRegister implements Callable<Integer> {

    private final Session session;

    @Mixin
    private FeatureOption feature = new FeatureOption();

    @Mixin
    private Output output = new Output();

    public FeatureRegister(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var answer = arm.post(feature.path(arm, "/register"));
            session.messages()
                    .warning(("Once the feature '%s' is registered, invoking 'capstan provider register -n %s' is"
                                    + " required to get the change propagated")
                            .formatted(feature.name(), feature.namespace()));
            output.print(session, answer.json());
        }
        return ExitCode.OK;
    }
}
