package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.arm.Arm;
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

    @Mixin
    private ProviderOption provider = new ProviderOption();

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
            var state = arm.post(provider.path(arm, "/register")).json();
            while (wait && !isRegistered(state)) {
                Arm.pause(Duration.ofSeconds(1));
                state = arm.get(provider.path(arm, ""));
            }
            // As with az there is no result.
            if (!isRegistered(state)) {
                session.messages()
                        .warning("Registering is still on-going. You can monitor using 'capstan provider show -n "
                                + provider.namespace() + "'");
            }
        }
        return ExitCode.OK;
    }

    private static boolean isRegistered(JsonNode provider) {
        return provider.path("registrationState").asText().equals("Registered");
    }
}
