package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import picocli.CommandLine.Option;

/** The option that says which resource provider is meant. */
final class ProviderOption {

    @Option(
            names = {"-n", "--namespace"},
            required = true,
            paramLabel = "NAMESPACE",
            description = "Namespace of the resource provider, such as Microsoft.ContainerService.")
    private String namespace = "";

    String namespace() {
        return namespace;
    }

    /** Path of the provider, or of what is under it. */
    String path(Arm arm, String rest) {
        return ArmPath.provider(arm.subscription(), namespace, rest);
    }
}
