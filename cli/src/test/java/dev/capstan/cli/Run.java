package dev.capstan.cli;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Messages;
import dev.capstan.cli.session.Session;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * One run of the command, and what came of it.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 * @param became the program that the process was handed over to; empty if it was not
 */
record Run(int code, String out, String err, List<String> became) {

    /** Runs it as a script does: no terminal, no answers. */
    static Run of(Path home, String... arguments) {
        return run(home, false, "", arguments);
    }

    /** Runs it on a terminal, where a person types the answers. */
    static Run onTerminal(Path home, String answers, String... arguments) {
        return run(home, true, answers, arguments);
    }

    private static Run run(Path home, boolean terminal, String answers, String... arguments) {
        return run(Map.of("CAPSTAN_HOME", home.toString(), "HOME", home.toString()), terminal, answers, arguments);
    }

    /** Runs it in this environment. */
    static Run run(Map<String, String> environment, boolean terminal, String answers, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var became = new ArrayList<String>();
        var errors = new PrintWriter(err, true);
        var session = new Session(
                new PrintWriter(out, true),
                errors,
                new BufferedReader(new StringReader(answers)),
                terminal,
                environment,
                new Messages(errors),
                command -> {
                    became.addAll(command);
                    return ExitCode.OK;
                });
        var code = Capstan.commandLine(session, List.of(arguments)).execute(arguments);
        return new Run(code, out.toString(), err.toString(), became);
    }

    /** The whole command line, to be looked at and not run. */
    static CommandLine line() {
        var nothing = new PrintWriter(new StringWriter());
        return Capstan.commandLine(new Session(
                nothing,
                nothing,
                new BufferedReader(new StringReader("")),
                false,
                Map.of(),
                new Messages(nothing),
                command -> ExitCode.OK));
    }
}
