package dev.capstan.cli.connect;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "sdk",
        description = {
            "Prints a program that lists the clusters of this control plane with the Azure SDK of a language.",
            "It logs in as the service principal of CAPSTAN_HOME, whose secret it reads from its file."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan connect sdk python > list.py",
            "  capstan connect sdk java > ListClusters.java",
            "  capstan connect sdk javascript > list.mjs"
        })
public final class ConnectSdk implements Callable<Integer> {

    private final Session session;

    @Parameters(paramLabel = "LANGUAGE", description = "java, python or javascript.")
    private Language language = Language.python;

    /** Spelled as they are on the command line. */
    enum Language {
        java,
        python,
        javascript
    }

    public ConnectSdk(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.out().print(Coordinates.of(session).into(template(language)));
        session.out().flush();
        return ExitCode.OK;
    }

    private static String template(Language language) {
        var name = language + ".txt";
        try (var text = ConnectSdk.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("the build left out " + name + " of the module cli; build again");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
