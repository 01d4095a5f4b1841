package dev.capstan.cli.azure;

import picocli.CommandLine.Option;

/** The options of adding and updating an extension, as az has them. */
final class ExtensionOptions {

    @Option(
            names = {"-n", "--name"},
            paramLabel = "EXTENSION",
            defaultValue = Extensions.AKS_PREVIEW,
            description = "Name of the extension; ${DEFAULT-VALUE} if not given.")
    private String name = Extensions.AKS_PREVIEW;

    // Read by picocli, through its own model of the option; as is the other.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-y", "--yes", "--upgrade"},
            description = "Taken; there is nothing to ask or to upgrade.")
    private boolean yes;

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--allow-preview", paramLabel = "BOOLEAN", arity = "0..1", description = "Taken.")
    private boolean allowPreview;

    String name() {
        return name;
    }
}
