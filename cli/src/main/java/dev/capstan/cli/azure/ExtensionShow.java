package dev.capstan.cli.azure;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows an extension: what is built in.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan extension show --name aks-preview")
public final class ExtensionShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ExtensionOptions extension = new ExtensionOptions();

    @Mixin
    private Output output = new Output();

    public ExtensionShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        Extensions.check(extension.name());
        output.print(session, Extensions.list().get(0));
        return ExitCode.OK;
    }
}
