package dev.capstan.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code capstan}, but for {@code capstan up}, which is the server's. */
@Command(
        name = "capstan",
        description =
                "Puts an organisation's own certificate authorities into the trust store of every Kubernetes node.",
        versionProvider = Capstan.Version.class,
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
            "  capstan cluster create -g dev -n one --node-count 2 --enable-custom-ca-trust",
            "  capstan cluster kubeconfig -g dev -n one --file one.kubeconfig",
            "  KUBECONFIG=one.kubeconfig kubectl apply -f secret.yaml",
            "  capstan node trust -g dev -n one"
        })
public final class Capstan implements Runnable {

    @Spec
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

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    /** The whole command line, ready to be executed. */
    static CommandLine commandLine(Session session) {
        var capstan = new Capstan();
        var line = new CommandLine(capstan)
                .addSubcommand(new StatusCommand(session))
                .addSubcommand(new DownCommand(session))
                .addSubcommand(new CommandLine(new Group.Cluster())
                        .addSubcommand(new ClusterCreate(session))
                        .addSubcommand(new ClusterDelete(session))
                        .addSubcommand(new ClusterList(session))
                        .addSubcommand(new ClusterShow(session))
                        .addSubcommand(new ClusterKubeconfig(session)))
                .addSubcommand(new CommandLine(new Group.Node())
                        .addSubcommand(new NodeList(session))
                        .addSubcommand(new NodeTrust(session))
                        .addSubcommand(new CommandLine(new NodeExec(session)).setStopAtPositional(true))
                        .addSubcommand(new NodeShell(session)));
        line.getHelpSectionMap()
                .compute(
                        UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                        (key, list) -> usage -> up(usage) + (list == null ? "" : list.render(usage)));
        line.setOut(session.out());
        line.setErr(session.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, arguments) -> explain(e));
        line.setExecutionExceptionHandler((e, command, result) -> capstan.explain(e, session));
        return line;
    }

    /** The server's command, which its own main explains. */
    private static String up(Help usage) {
        return usage.createTextTable(java.util.Map.of("up", "Start the control plane; see 'capstan up --help'."))
                .toString();
    }

    /** Runs one command and ends with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(Session.ofProcess()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See 'capstan --help'.");
    }

    private static int explain(ParameterException e) {
        var line = e.getCommandLine();
        line.getErr().println("capstan: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
        line.getErr().println("  See '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private int explain(Exception e, Session session) {
        var code = ExitCode.FAILED;
        if (e instanceof ParameterException wrong) {
            return explain(wrong);
        }
        if (e instanceof Problem problem) {
            session.err().println("capstan: " + problem.getMessage());
            session.err().println("  " + problem.advice());
            code = problem.exitCode();
        } else {
            session.err().println("capstan: Unexpected: " + e + ".");
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
            try (var text = Capstan.class.getResourceAsStream("version.txt")) {
                return new String[] {
                    "capstan "
                            + (text == null
                                    ? "unknown"
                                    : new String(text.readAllBytes(), StandardCharsets.UTF_8).strip())
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
