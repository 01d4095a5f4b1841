package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Query;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** What to wait for and how long, as az has it for every resource. */
final class WaitOptions {

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

    /** Throws a {@link Problem} if nothing is to be waited for, or for no expression. */
    void check() {
        if (!created && !updated && !deleted && !exists && custom.isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "incorrect usage: --created | --updated | --deleted | --exists | --custom JMESPATH",
                    "Say what to wait for.",
                    null);
        }
        custom.ifPresent(Query::parse);
    }

    /**
     * Looks until it is so.
     *
     * @param path of the resource
     * @param shape what an expression is asked about, made of what the API sent
     */
    void await(Arm arm, String path, UnaryOperator<JsonNode> shape) {
        var query = custom.map(Query::parse);
        var end = System.nanoTime() + Duration.ofSeconds(timeout).toNanos();
        while (!isSo(arm, path, shape, query)) {
            if (System.nanoTime() > end) {
                throw Problem.failed(
                        "Wait operation timed-out after " + timeout + " seconds",
                        "What was begun goes on; 'capstan aks show' tells where it stands.");
            }
            Arm.pause(Duration.ofSeconds(Math.max(1, interval)));
        }
    }

    private boolean isSo(Arm arm, String path, UnaryOperator<JsonNode> shape, Optional<Query> query) {
        var found = arm.find(path);
        if (found.isEmpty()) {
            // az: only who waits for something to come may find nothing.
            return deleted
                    || (!created && !exists && query.isEmpty() && arm.get(path).isNull());
        }
        if (deleted) {
            return false;
        }
        var shown = shape.apply(found.get());
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
