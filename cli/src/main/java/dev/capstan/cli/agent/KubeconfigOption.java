package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say whose cluster is meant, as kubectl has them. */
public final class KubeconfigOption {

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "An administrator's kubeconfig. If not given: the first of $KUBECONFIG, else ~/.kube/config.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Which of its contexts; the current one if not given.")
    private Optional<String> context = Optional.empty();

    boolean isGiven() {
        return file.isPresent();
    }

    /** Reads it. Throws a {@link Problem} if it cannot be used. */
    Kubeconfig read(Session session) {
        var environment = session.environment();
        var named = environment.getOrDefault("KUBECONFIG", "").split(":", -1)[0];
        var home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return Kubeconfig.read(file.orElse(named.isEmpty() ? Path.of(home, ".kube/config") : Path.of(named)), context);
    }
}
