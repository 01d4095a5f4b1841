package dev.capstan.cli.node;

import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "shell",
        description = "Opens a shell on a node, as root there.",
        footerHeading = "%nExample:%n",
        footer = "  capstan node shell -g dev -n one --node NODE")
public final class NodeShell implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private NodeOption node = new NodeOption();

    public NodeShell(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new Machine(session, cluster, node).become(List.of("/bin/bash", "-l"));
    }
}
