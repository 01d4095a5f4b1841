package dev.capstan.cli.agent;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "install",
        description = {
            "Installs the agent on this node, by systemd: the program, its configuration, a unit for the agent and one that applies"
                    + " the last good set at boot, before any runtime and kubelet. Run it on the node, as root.",
            "Run again with nothing to do it does nothing; with another program it upgrades, with another credential it takes that"
                    + " one; after a run that was killed it completes it. No runtime is restarted by it."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed (everything is as it was) or refused, 2 wrong command line, 3 --plan: something would change",
            "  capstan agent install --credential worker-1.credential --plan",
            "  capstan agent install --credential worker-1.credential",
            "  capstan agent install --kubeconfig /etc/kubernetes/admin.conf",
            "  capstan agent install                                  (an upgrade, from the new distribution's folder)"
        })
public final class AgentInstall implements Callable<Integer> {

    /** What {@code --plan} ends with where something would change. */
    private static final int WOULD_CHANGE = 3;

    private final Session session;

    @Option(
            names = "--credential",
            paramLabel = "FILE",
            description = "What 'capstan agent credential' made for this node; delete it afterwards.")
    private Optional<Path> credential = Optional.empty();

    @Mixin
    private KubeconfigOption kubeconfig = new KubeconfigOption();

    @Mixin
    private MakingOptions making = new MakingOptions();

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "With --kubeconfig: the Node's name; this machine's name in lower case if not given.")
    private Optional<String> node = Optional.empty();

    @Option(names = "--plan", description = "Show what would be done, and do nothing.")
    private boolean plan;

    public AgentInstall(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (credential.isPresent() && kubeconfig.isGiven()) {
            throw usage("--credential and --kubeconfig are not both meant.");
        }
        var layout = new Layout(Path.of("/"));
        var programs = new Programs(layout, Programs.running());
        var systemctl = new Systemctl(layout.root());
        new Fitness(layout, programs, systemctl).check();
        var given = given(layout);
        check(layout, given, plan && kubeconfig.isGiven());
        var installation = new Installation(layout, programs, systemctl, session.messages()::progress);
        var steps = installation.plan(given);
        if (plan) {
            steps.forEach(line -> session.out().println("  " + line));
            session.out().println(steps.isEmpty() ? "Nothing to do." : "Nothing was changed.");
            session.out().flush();
            return steps.isEmpty() ? ExitCode.OK : WOULD_CHANGE;
        }
        if (steps.isEmpty()) {
            session.out().println("Nothing to do: the agent of this version runs. See 'capstan agent status'.");
        } else {
            installation.run(given);
            session.out().println("Done. 'capstan agent status' says how it does.");
            credential.ifPresent(file ->
                    session.out().println("Delete " + file + ": the node has it now, and nobody else needs it."));
        }
        session.out().flush();
        return ExitCode.OK;
    }

    /** The credential; absent where the one that is there is kept. */
    private @Nullable Credential given(Layout layout) {
        if (credential.isPresent()) {
            return Credential.read(credential.get());
        }
        if (kubeconfig.isGiven()) {
            try (var cluster = new Cluster(kubeconfig.read(session), session.messages())) {
                var name = node.orElseGet(AgentInstall::hostName);
                return plan ? making.planned(session, cluster, name) : making.make(session, cluster, name, false);
            }
        }
        if (InstalledAgent.of(layout).flatMap(InstalledAgent::token).isEmpty()) {
            throw usage("No agent is installed here, and no credential was given for one.");
        }
        return null;
    }

    /** That it is a credential of the cluster this node belongs to, and is taken there. */
    private void check(Layout layout, @Nullable Credential given, boolean hasNoToken) {
        if (given == null) {
            return;
        }
        var pinned = InstalledAgent.pin(layout);
        if (pinned.isPresent() && !pinned.get().equals(given.cluster())) {
            throw Problem.failed(
                    "The " + given + " is another cluster's: there the namespace kube-system has UID " + given.cluster()
                            + ", this node belongs to " + pinned.get() + ".",
                    "If the node was given to that cluster on purpose, run 'capstan agent uninstall' first, which takes away"
                            + " what the old one had it trust.");
        }
        if (hasNoToken) {
            return;
        }
        try (var cluster = new Cluster(given.kubeconfig("the credential"), session.messages())) {
            var uid = cluster.uid();
            if (!uid.equals(given.cluster())) {
                throw Problem.failed(
                        "Another cluster answers at " + given.server() + ": its namespace kube-system has UID " + uid
                                + ", the credential is for " + given.cluster() + ".",
                        "Make a new credential with --server and the address at which this node reaches its own cluster.");
            }
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        } catch (IOException unknown) {
            throw usage("This machine's name cannot be read; give --node.");
        }
    }

    private static Problem usage(String message) {
        return new Problem(
                ExitCode.USAGE,
                message,
                "Make a credential with 'capstan agent credential NODE' where you are an administrator of the cluster, and"
                        + " give it with --credential FILE; see 'capstan agent install --help'.",
                null);
    }
}
