package dev.capstan.cli.azure;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "remove",
        description = "Does nothing: what is built in stays.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan extension remove --name aks-preview")
public final class ExtensionRemove implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ExtensionOptions extension = new ExtensionOptions();

    public ExtensionRemove(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Extensions.check(extension.name());
        session.messages()
                .warning("Extension '" + Extensions.AKS_PREVIEW + "' is built in and stays; nothing was removed.");
        return ExitCode.OK;
    }
}
