package dev.capstan.cli.node;

import dev.capstan.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        description = "Runs a command on a node, as root there; its exit code is that of the command.",
        footerHeading = "%nExample:%n",
        footer = "  capstan node exec -g dev -n one --node NODE cat /etc/ssl/certs/ca-certificates.crt")
public final class NodeExec implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private NodeOption node = new NodeOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "The command and its arguments; everything after its first word belongs to it.")
    private List<String> command = new ArrayList<>();

    public NodeExec(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new Machine(session, cluster, node).become(command);
    }
}
