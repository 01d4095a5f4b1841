package dev.capstan.cli.output;

import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The option {@code --yes}, and the question where it was not given; in az's words. */
public final class Confirmation {

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    /** Whether the user said yes; a no is told. */
    public boolean isGiven(Session session) {
        return yes || ask(session, "Are you sure you want to perform this operation? (y/n): ");
    }

    /** Whether an update that names nothing to change is meant; says first what it does to this resource. */
    public boolean isReconcileMeant(Session session, String resource) {
        session.messages()
                .warning("no argument specified to update; that reconciles the " + resource
                        + " to its present settings.");
        return isGiven(session);
    }

    /** Whether the user said yes to this question. Throws a {@link Problem} if there is nobody to ask. */
    public static boolean ask(Session session, String question) {
        if (!session.terminal()) {
            throw Problem.failed(
                    "Unable to prompt for confirmation as no tty available. Use --yes.", "Nothing was done.");
        }
        try {
            session.err().print(question);
            session.err().flush();
            var answer = session.in().readLine();
            var said = answer == null ? "n" : answer.strip().toLowerCase(Locale.ROOT);
            if (said.equals("y") || said.equals("yes")) {
                return true;
            }
            session.err().println("Operation cancelled.");
            return false;
        } catch (IOException e) {
            throw Problem.failed("Cannot read the answer: " + e.getMessage() + ".", "Give --yes instead.", e);
        }
    }
}
