package dev.capstan.cli.azure;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the extensions: what is built in.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan extension list -o table")
public final class ExtensionList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public ExtensionList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        output.print(session, Extensions.list());
        return ExitCode.OK;
    }
}
