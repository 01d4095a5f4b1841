package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "get-credentials",
        description = "Merges the cluster's credentials into a kubeconfig, and makes them the current context.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks get-credentials -g dev -n one",
            "  capstan aks get-credentials -g dev -n one --file - > one.kubeconfig"
        })
public final class AksGetCredentials implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description =
                    "Which kubeconfig; '-' prints instead. If not given: the first of $KUBECONFIG, else ~/.kube/config.")
    private Optional<String> file = Optional.empty();

    @Option(
            names = {"-a", "--admin"},
            description = "The administrator's credentials, not the user's.")
    private boolean admin;

    @Option(names = "--overwrite-existing", description = "Replace what has the same name and is different.")
    private boolean overwrite;

    @Option(names = "--context", paramLabel = "NAME", description = "Call cluster and context so.")
    private Optional<String> context = Optional.empty();

    // Taken, as every command of az takes it; there is no result to print.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Output output = new Output();

    public AksGetCredentials(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.check();
        var text = "";
        try (var arm = Arm.of(session)) {
            var action = admin ? "/listClusterAdminCredential" : "/listClusterUserCredential";
            var answer = arm.post(cluster.path(arm, action)).json();
            text = new String(
                    Base64.getDecoder().decode(answer.at("/kubeconfigs/0/value").asText("")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw Problem.failed(
                    "Fail to find kubeconfig file.", "The API answered something else; see its log.", notBase64);
        }
        if (text.isEmpty()) {
            throw Problem.failed(
                    "No Kubernetes credentials found.", "Is the cluster there yet? See 'capstan aks show'.");
        }
        if (file.isPresent() && file.get().equals("-")) {
            session.out().println(text.stripTrailing());
            session.out().flush();
            return ExitCode.OK;
        }
        new KubeconfigFile(session, where()).merge(text, context, overwrite);
        return ExitCode.OK;
    }

    private Path where() {
        var environment = session.environment();
        var home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".kube", "config");
        var named = environment.getOrDefault("KUBECONFIG", "").split(":", -1)[0];
        return file.map(Path::of)
                .orElse(named.isEmpty() ? home : Path.of(named))
                .toAbsolutePath();
    }
}
