package dev.capstan.cli.principal;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the service principals and their roles; the first is that of CAPSTAN_HOME/principal.json.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan principal list -o table")
public final class PrincipalList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public PrincipalList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var principals = Json.array();
            arm.list(Principals.path(arm.subscription())).forEach(one -> principals.add(Principals.listed(one)));
            output.print(session, principals, Principals.TABLE);
        }
        return ExitCode.OK;
    }
}
