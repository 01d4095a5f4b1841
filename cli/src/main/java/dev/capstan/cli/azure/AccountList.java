package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the subscriptions: the one of CAPSTAN_HOME.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan account list -o table")
public final class AccountList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public AccountList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Accounts.list(session, arm), Accounts.TABLE);
        }
        return ExitCode.OK;
    }
}
