package dev.capstan.cli.agent;

import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = {
            "Says on one page how the agent of this node does: its service, its last contact with the cluster, the set and the level"
                    + " it has reached, until when its credential is good, and what to do. Run it on the node, as root.",
            "The cluster is asked with the agent's own credential; where it does not answer, what the node knows is shown."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 all is well, 1 failed, 2 wrong command line, 3 no agent is installed here, 4 there is something to do",
            "  capstan agent status",
            "  capstan agent status -o json"
        })
public final class AgentStatus implements Callable<Integer> {

    /** There is something to do. */
    private static final int ILL = 4;

    private final Session session;

    @Mixin
    private TextOrJson output = new TextOrJson();

    public AgentStatus(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var layout = new Layout(Path.of("/"));
        Fitness.requireRoot(layout);
        var page = StatusPage.of(
                StatusFacts.of(layout, session.messages()),
                InstantSource.system().instant());
        output.print(session, page.json(), page.text());
        return page.isInstalled() ? page.isWell() ? ExitCode.OK : ILL : ExitCode.NOT_FOUND;
    }
}
