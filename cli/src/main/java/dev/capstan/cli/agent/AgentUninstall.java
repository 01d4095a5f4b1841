package dev.capstan.cli.agent;

import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import dev.capstan.resources.ObjectNames;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "uninstall",
        description = {
            "Takes the agent from this node, and the trust that came with it: the trust store is left as the distribution's tool"
                    + " alone makes it, containerd's configuration as it was before 'capstan node prepare', which restarts"
                    + " containerd once where it was prepared. Run it on the node, as root.",
            "The node's identity in the cluster stays until its Node goes, or you delete it."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed (run it again), 2 wrong command line, 3 --plan: something would change",
            "  capstan agent uninstall --plan",
            "  capstan agent uninstall --yes",
            "  capstan agent uninstall --keep-trust"
        })
public final class AgentUninstall implements Callable<Integer> {

    private static final int WOULD_CHANGE = 3;

    private final Session session;

    @Option(
            names = "--keep-trust",
            description =
                    "Leave the trust store and what 'capstan node prepare' did as they are; nothing keeps them any more.")
    private boolean keepTrust;

    @Option(names = "--plan", description = "Show what would be done, and do nothing.")
    private boolean plan;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    public AgentUninstall(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var layout = new Layout(Path.of("/"));
        Fitness.requireRoot(layout);
        var removal = new Removal(
                layout,
                new Programs(layout, Programs.running()),
                new Systemctl(layout.root()),
                session.messages()::progress);
        if (!removal.isNeeded()) {
            session.out().println("Nothing to do: no agent is installed here.");
            session.out().flush();
            return ExitCode.OK;
        }
        removal.plan(keepTrust).forEach(line -> session.out().println("  " + line));
        session.out().flush();
        if (plan) {
            return WOULD_CHANGE;
        }
        if (!confirmation.isGiven(session)) {
            return ExitCode.FAILED;
        }
        var node = InstalledAgent.of(layout).map(InstalledAgent::node);
        // What is said at the end is made ready before the program goes, whose classes come from its files.
        var last = String.format(
                "Done. In the cluster, by an administrator: kubectl -n capstan-system delete serviceaccount %s"
                        + " (its tokens are refused then); kubectl label node %s capstan.dev/agent- (the DaemonSet's"
                        + " agent comes, where there is one)%n",
                node.map(ObjectNames::agent).orElse("capstan-agent-NODE"), node.orElse("NODE"));
        removal.run(keepTrust).forEach(remark -> session.out().println(remark));
        session.out().print(last);
        session.out().flush();
        return ExitCode.OK;
    }
}
