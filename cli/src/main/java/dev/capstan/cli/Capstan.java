package dev.capstan.cli;

import dev.capstan.cli.http.Connection;
import dev.capstan.cli.model.CommandModel;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Messages;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code capstan}, but for {@code capstan up}, which is the server's. */
@Command(
        name = "capstan",
        description =
                "Puts an organisation's own certificate authorities into the trust store of every Kubernetes node.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  CAPSTAN_HOME   where the control plane keeps all its state; default ~/.local/state/capstan",
            "  CAPSTAN_JAVA   home folder of the Java 25 to use; default: one is looked for",
            "",
            "Exit codes:",
            "  0 done, 1 failed, 2 wrong command line, 3 no such cluster or node, or no running control plane",
            "",
            "First steps:",
            "  capstan up --detach",
            "  capstan group create -n dev -l local",
            "  capstan aks create -g dev -n one --node-count 2 --custom-ca-trust-certificates FileWithCAs",
            "  capstan aks get-credentials -g dev -n one",
            "  capstan node trust -g dev -n one"
        })
public final class Capstan implements Runnable {

    // Before the first thing of picocli's.
    static {
        // What no command has a use for: reflection, for every line, on the types of dates, times and databases, and
        // a search through every jar for a class of Groovy.
        System.setProperty("picocli.converters.excludes", "java[.](sql|time)[.].+");
        System.setProperty("picocli.disable.closures", "true");
    }

    private CommandSpec spec = CommandSpec.create();

    // Read by picocli, through its own model of the option.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    // As above.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    private boolean version;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show every request, and the stack trace of an error.")
    private boolean debug;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Say more on standard error.")
    private boolean verbose;

    @Option(
            names = "--only-show-errors",
            scope = ScopeType.INHERIT,
            description = "Say nothing on standard error but errors.")
    private boolean onlyErrors;

    @Option(
            names = "--subscription",
            scope = ScopeType.INHERIT,
            paramLabel = "ID",
            description = "Subscription; CAPSTAN_HOME has one, and no other is taken.")
    private Optional<String> subscription = Optional.empty();

    /** The whole command line, ready to be executed. */
    static CommandLine commandLine(Session session) {
        return commandLine(session, List.of());
    }

    /** The command line as far as these arguments need it. */
    static CommandLine commandLine(Session session, List<String> arguments) {
        var capstan = new Capstan();
        var line = CommandModel.line(capstan);
        capstan.spec = line.getCommandSpec().versionProvider(new Version());
        Words.add(line, session, arguments);
        line.getHelpSectionMap()
                .compute(
                        UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                        (key, list) -> usage -> up(usage) + (list == null ? "" : list.render(usage)));
        line.setDefaultValueProvider(new Configured(session));
        line.setOut(session.out());
        line.setErr(session.err());
        // az's @FILE is one option's matter, not the whole command line's.
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A word that looks like an option is one: a misspelt option is no value of the one before it.
        line.setUnmatchedOptionsAllowedAsOptionParameters(false);
        line.setExecutionStrategy(parsed -> capstan.execute(session, parsed));
        line.setParameterExceptionHandler((e, words) -> explain(e));
        line.setExecutionExceptionHandler((e, command, result) -> capstan.explain(e, session));
        return line;
    }

    /** The server's command, which its own main explains. */
    private static String up(Help usage) {
        return usage.createTextTable(Map.of("up", "Start the control plane; see 'capstan up --help'."))
                .toString();
    }

    /** Runs one command and ends with its exit code. */
    public static void main(String[] arguments) {
        var code = run(Session.ofProcess(), arguments);
        // Only where it must: System.exit makes a logger ready, to tell of it (Runtime.exit, "RuntimeExit"), for 8 ms.
        if (code != ExitCode.OK) {
            System.exit(code);
        }
    }

    /** Runs one command; its exit code. */
    static int run(Session session, String... arguments) {
        var words = List.of(arguments);
        if (Words.askControlPlane(words)) {
            Connection.prepare();
        }
        var code = commandLine(session, words).execute(arguments);
        session.out().flush();
        return code;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See 'capstan --help'.");
    }

    private int execute(Session session, ParseResult parsed) {
        session.messages()
                .level(
                        debug
                                ? Messages.Level.DEBUG
                                : verbose
                                        ? Messages.Level.VERBOSE
                                        : onlyErrors ? Messages.Level.ERRORS : Messages.Level.WARNINGS);
        subscription
                .filter(id -> !id.equalsIgnoreCase(session.home().subscription()))
                .ifPresent(id -> {
                    throw Problem.failed(
                            "The subscription of '" + id + "' doesn't exist in cloud 'capstan'.",
                            "'capstan account show' tells which there is; leave --subscription out to use it.");
                });
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int explain(ParameterException e) {
        var line = e.getCommandLine();
        if (String.valueOf(e.getMessage()).contains("-----BEGIN ")) {
            // It may be a private key, and is repeated nowhere.
            line.getErr()
                    .println("ERROR: PEM text was taken for an option. Name the file, or give its base64:"
                            + " --ca-certs \"$(base64 FILE)\"");
        } else if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            line.getErr().println("ERROR: unrecognized arguments: " + String.join(" ", unmatched.getUnmatched()));
        } else if (e instanceof MissingParameterException missing
                && String.valueOf(e.getMessage()).startsWith("Missing required option")) {
            line.getErr().println("ERROR: the following arguments are required: " + required(missing));
        } else {
            line.getErr().println("ERROR: " + e.getMessage());
        }
        UnmatchedArgumentException.printSuggestions(e, line.getErr());
        line.getErr().println("  See '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** The options that were not given, as az names them: {@code --resource-group/-g}. */
    private static String required(MissingParameterException missing) {
        return missing.getMissing().stream()
                .map(argument -> argument instanceof OptionSpec option
                        ? Arrays.stream(option.names())
                                .sorted(Comparator.comparingInt(String::length).reversed())
                                .collect(Collectors.joining("/"))
                        : argument.paramLabel())
                .collect(Collectors.joining(", "));
    }

    private int explain(Exception e, Session session) {
        var code = ExitCode.FAILED;
        if (e instanceof ParameterException wrong) {
            return explain(wrong);
        }
        if (e instanceof Problem problem) {
            session.err().println("ERROR: " + problem.getMessage());
            if (!problem.advice().isEmpty()) {
                session.err().println("  " + problem.advice());
            }
            code = problem.exitCode();
        } else {
            session.err().println("ERROR: Unexpected: " + e + ".");
            session.err().println("  This is a fault of Capstan; run it again with --debug and report what it prints.");
        }
        if (debug) {
            e.printStackTrace(session.err());
        }
        return code;
    }

    /** Reads the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"capstan " + number()};
        }

        static String number() {
            try (var text = Capstan.class.getResourceAsStream("version.txt")) {
                return text == null ? "unknown" : new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
