package dev.capstan.cli.azure;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "add",
        description = "Does nothing: what aks-preview adds to az for custom CAs is built in.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan extension add --name aks-preview")
public final class ExtensionAdd implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ExtensionOptions extension = new ExtensionOptions();

    @Mixin
    private Output output = new Output();

    public ExtensionAdd(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        Extensions.tell(session, extension.name());
        return ExitCode.OK;
    }
}
