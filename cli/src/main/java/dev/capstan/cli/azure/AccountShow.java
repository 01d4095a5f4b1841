package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows the subscription that the commands are about.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan account show --query id -o tsv")
public final class AccountShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public AccountShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Accounts.shown(Accounts.list(session, arm).get(0)));
        }
        return ExitCode.OK;
    }
}
