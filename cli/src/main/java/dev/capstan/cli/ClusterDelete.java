package dev.capstan.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "delete",
        description = "Deletes a cluster with its nodes and everything on them, and waits until nothing is left.",
        footerHeading = "%nExample:%n",
        footer = "  capstan cluster delete -g dev -n one --yes")
final class ClusterDelete implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    ClusterDelete(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        var id = cluster.in(home);
        try (var api = Api.of(home)) {
            var found = cluster.find(home, api);
            if (!yes && !isConfirmed(id, found)) {
                session.err().println("Nothing was deleted.");
                return ExitCode.FAILED;
            }
            api.delete(ManagedCluster.path(id));
            if (wait.isWanted()) {
                // Somebody may make one of the same name at once: the deleted one is gone all the same.
                new Waiting(session, api, id)
                        .until(
                                "deletion",
                                wait.limit(Duration.ofMinutes(5)),
                                now -> now.map(ManagedCluster::uid)
                                        .filter(found.uid()::equals)
                                        .isEmpty());
            }
        }
        session.out().println("Cluster " + id + (wait.isWanted() ? " is deleted." : " is being deleted."));
        return ExitCode.OK;
    }

    private boolean isConfirmed(ClusterId id, ManagedCluster found) {
        if (!session.terminal()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "Deleting " + id + " wants to be confirmed.",
                    "Give --yes to delete without a question.",
                    null);
        }
        session.err().print("Delete cluster " + id + " with its nodes (" + found.nodes() + ")? (y/N) ");
        session.err().flush();
        try {
            var answer = session.in().readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            throw Problem.failed("Cannot read the answer: " + e.getMessage() + ".", "Give --yes instead.", e);
        }
    }
}
