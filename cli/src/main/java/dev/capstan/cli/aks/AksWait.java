package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Query;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "wait",
        description = "Waits until a cluster is where it was asked to be.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks wait -g dev -n one --updated",
            "  capstan aks wait -g dev -n one --custom \"agentPoolProfiles[0].count==\\`4\\`\" --timeout 300"
        })
public final class AksWait implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(names = "--created", description = "Until it is there and provisioned.")
    private boolean created;

    @Option(names = "--updated", description = "Until it is provisioned.")
    private boolean updated;

    @Option(names = "--deleted", description = "Until it is gone.")
    private boolean deleted;

    @Option(names = "--exists", description = "Until it is there.")
    private boolean exists;

    @Option(names = "--custom", paramLabel = "JMESPATH", description = "Until this expression is true of it.")
    private Optional<String> custom = Optional.empty();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "How often to look; ${DEFAULT-VALUE} if not given (az: 30).")
    private int interval;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "How long to wait at most; ${DEFAULT-VALUE} if not given.")
    private int timeout;

    public AksWait(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.check();
        if (!created && !updated && !deleted && !exists && custom.isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "incorrect usage: --created | --updated | --deleted | --exists | --custom JMESPATH",
                    "Say what to wait for.",
                    null);
        }
        var query = custom.map(Query::parse);
        try (var arm = Arm.of(session)) {
            var end = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
            while (!isThere(arm, query)) {
                if (System.nanoTime() > end) {
                    throw Problem.failed(
                            "Wait operation timed-out after " + timeout + " seconds",
                            "What was begun goes on; 'capstan aks show' tells where it stands.");
                }
                Arm.pause(Duration.ofSeconds(Math.max(1, interval)));
            }
        }
        return ExitCode.OK;
    }

    private boolean isThere(Arm arm, Optional<Query> query) {
        var path = cluster.path(arm);
        var found = arm.find(path);
        if (found.isEmpty()) {
            // az: only who waits for something to come may find nothing.
            return deleted
                    || (!created && !exists && query.isEmpty() && arm.get(path).isNull());
        }
        if (deleted) {
            return false;
        }
        var shown = Shape.cluster(found.get());
        var state = shown.path("provisioningState").asText().toLowerCase(Locale.ROOT);
        if ((created || updated) && state.equals("failed")) {
            throw Problem.failed("The operation failed", "'capstan aks show' tells where the cluster stands.");
        }
        return exists
                || ((created || updated) && state.equals("succeeded"))
                || query.map(expression -> isTrue(expression.of(shown))).orElse(false);
    }

    /** As Python has it: false, zero, nothing and empty are not true. */
    private static boolean isTrue(JsonNode value) {
        return value.isContainerNode()
                ? !value.isEmpty()
                : !value.isNull()
                        && !value.isMissingNode()
                        && (value.asBoolean() || !value.asText("").isEmpty())
                        && !value.asText().equals("false")
                        && !value.asText().equals("0");
    }
}
