package dev.capstan.cli.agent;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "credential",
        description = {
            "Makes the credential of one node's agent: its service account, the rights that this node needs and no more, all of it"
                    + " owned by the Node, and a token. Run it where you are an administrator of the cluster; it needs no"
                    + " control plane of Capstan's.",
            "Run again it brings the rights up to date and gives another token; the agent that holds the old one goes on."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed or refused (nothing was changed where rights are missing), 2 wrong command line",
            "  capstan agent credential worker-1 -o worker-1.credential",
            "  capstan agent credential worker-1 --kubeconfig admin.conf | ssh worker-1 'umask 077; cat >credential'",
            "  capstan agent credential worker-1 --revoke -o worker-1.credential"
        })
public final class AgentCredential implements Callable<Integer> {

    private final Session session;

    @Parameters(paramLabel = "NODE", description = "Name of the Node, as 'kubectl get nodes' has it.")
    private String node = "";

    @Mixin
    private KubeconfigOption kubeconfig = new KubeconfigOption();

    @Mixin
    private MakingOptions making = new MakingOptions();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where to write it, with mode 0600; '-', or not given: standard output.")
    private Optional<String> file = Optional.empty();

    @Option(
            names = "--revoke",
            description =
                    "First delete the service account, so that every token it ever had is refused from then on: for a"
                            + " credential that got into other hands.")
    private boolean revoke;

    public AgentCredential(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (var cluster = new Cluster(kubeconfig.read(session), session.messages())) {
            var credential = making.make(session, cluster, node, revoke);
            if (isLoopback(credential.server())) {
                session.messages()
                        .warning(credential.server()
                                + " is this machine itself, which it is not on another node: give the"
                                + " address that nodes reach the API at with --server");
            }
            write(credential);
        }
        return ExitCode.OK;
    }

    private void write(Credential credential) {
        var name = file.orElse("-");
        if (name.equals("-")) {
            session.out().print(credential.text());
            session.out().flush();
            return;
        }
        try {
            PrivateFile.replace(Path.of(name), credential.text().getBytes(StandardCharsets.UTF_8), "rw-------");
        } catch (IOException failed) {
            throw Problem.failed(
                    "Cannot write " + name + ": " + failed + ". The node's rights are made, and its token is lost.",
                    "Name another file with -o and run it again.",
                    failed);
        }
        session.messages()
                .progress("Wrote " + name + ", a credential. On " + node
                        + ", as root: capstan agent install --credential "
                        + Path.of(name).getFileName());
    }

    private static boolean isLoopback(URI server) {
        var host = server.getHost();
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }
}
