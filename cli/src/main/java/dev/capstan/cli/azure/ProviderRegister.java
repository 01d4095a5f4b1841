package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "register",
        description = "Registers a resource provider.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan provider register --namespace Microsoft.ContainerService")
public final class ProviderRegister implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-n", "--namespace"},
            required = true,
            paramLabel = "NAMESPACE",
            description = "Namespace of the resource provider, such as Microsoft.ContainerService.")
    private String namespace = "";

    @Option(names = "--wait", description = "Wait until it is registered.")
    private boolean wait;

    @Mixin
    private Output output = new Output();

    public ProviderRegister(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var answer = arm.post(ArmPath.provider(arm.subscription(), namespace, "/register"));
            var provider = answer.json();
            while (wait && !isRegistered(provider)) {
                Arm.pause(Duration.ofSeconds(1));
                provider = arm.get(ArmPath.provider(arm.subscription(), namespace, ""));
            }
            // As with az there is no result.
            if (!isRegistered(provider)) {
                session.messages()
                        .warning("Registering is still on-going. You can monitor using 'capstan provider show -n "
                                + namespace + "'");
            }
        }
        return ExitCode.OK;
    }

    private static boolean isRegistered(JsonNode provider) {
        return provider.path("registrationState").asText().equals("Registered");
    }
}
