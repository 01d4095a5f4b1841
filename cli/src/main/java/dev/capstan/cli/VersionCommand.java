package dev.capstan.cli;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "version",
        description = "Shows the version, and what is built in.",
        footerHeading = "%nExample:%n",
        footer = "  capstan version --query capstan -o tsv")
final class VersionCommand implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    VersionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var version = Json.object().put("capstan", Capstan.Version.number());
        version.putObject("extensions").put("aks-preview", "built in");
        output.print(session, version);
        return ExitCode.OK;
    }
}
