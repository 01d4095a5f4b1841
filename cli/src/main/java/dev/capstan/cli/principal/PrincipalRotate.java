package dev.capstan.cli.principal;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rotate",
        description = {
            "Gives a service principal another secret and prints it.",
            "The old secret and every token that was got with it end at once."
        },
        footerHeading = "%nExamples:%n",
        footer = "  capstan principal rotate --id APP_ID")
public final class PrincipalRotate implements Callable<Integer> {

    private final Session session;

    @Option(names = "--id", required = true, paramLabel = "APP_ID", description = "The appId of the service principal.")
    private String id = "";

    @Mixin
    private Output output = new Output();

    public PrincipalRotate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var rotated = arm.post(Principals.path(arm.subscription(), Principals.id(id), "/rotate"));
            session.messages()
                    .warning("The output has the secret, which is shown this once. Keep it where secrets are kept.");
            output.print(session, Principals.withPassword(rotated.json()));
        }
        return ExitCode.OK;
    }
}
