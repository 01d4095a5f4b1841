package dev.capstan.cli.azure;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "add",
        description = "Does nothing: what aks-preview adds to az for custom CAs is built in.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan extension add --name aks-preview")
public final class ExtensionAdd implements Callable<Integer> {

    private final Session session;

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

    @Mixin
    private Output output = new Output();

    public ExtensionAdd(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        Extensions.tell(session, name);
        return ExitCode.OK;
    }
}
