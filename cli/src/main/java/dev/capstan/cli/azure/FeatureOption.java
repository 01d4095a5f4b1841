package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import picocli.CommandLine.Option;

/** The options that say which preview feature is meant. */
final class FeatureOption {

    @Option(
            names = "--namespace",
            required = true,
            paramLabel = "NAMESPACE",
            description = "Namespace of the resource provider, such as Microsoft.ContainerService.")
    private String namespace = "";

    @Option(
            names = {"-n", "--name"},
            required = true,
            paramLabel = "FEATURE",
            description = "Name of the feature, such as CustomCATrustPreview.")
    private String name = "";

    String namespace() {
        return namespace;
    }

    String name() {
        return name;
    }

    /** Path of the feature, or of what is under it. */
    String path(Arm arm, String rest) {
        return ArmPath.feature(arm.subscription(), namespace, name, rest);
    }
}
