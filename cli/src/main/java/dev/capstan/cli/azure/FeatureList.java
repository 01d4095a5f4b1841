package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists the preview features and whether they are registered.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan feature list -o table",
            "  capstan feature list --query \"[?contains(name, 'CustomCATrustPreview')].{Name:name,State:properties.state}\" -o table"
        })
public final class FeatureList implements Callable<Integer> {

    private final Session session;

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            defaultValue = "",
            description = "Only those of this resource provider.")
    private String namespace = "";

    @Mixin
    private Output output = new Output();

    public FeatureList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, arm.list(ArmPath.features(arm.subscription(), namespace)), Features.TABLE);
        }
        return ExitCode.OK;
    }
}
