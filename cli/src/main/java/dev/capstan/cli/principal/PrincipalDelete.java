package dev.capstan.cli.principal;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "delete",
        description = "Deletes a service principal; its secret and every token that was got with it end at once.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan principal delete --id APP_ID")
public final class PrincipalDelete implements Callable<Integer> {

    private final Session session;

    @Option(names = "--id", required = true, paramLabel = "APP_ID", description = "The appId of the service principal.")
    private String id = "";

    public PrincipalDelete(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (var arm = Arm.of(session)) {
            arm.delete(Principals.path(arm.subscription(), Principals.id(id), ""), Map.of());
        }
        return ExitCode.OK;
    }
}
