package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How far a model update of a pool may go at once ({@code upgradeSettings}). */
final class UpgradeOptions {

    @Option(
            names = "--max-surge",
            paramLabel = "N|P%",
            description =
                    "Nodes more than the pool has while it is updated: a number, or a share rounded up; 10%% if never set.")
    private Optional<String> maxSurge = Optional.empty();

    @Option(
            names = "--max-unavailable",
            paramLabel = "N|P%",
            description = "Nodes fewer than the pool has while it is updated; 0 if never set.")
    private Optional<String> maxUnavailable = Optional.empty();

    @Option(
            names = "--drain-timeout",
            paramLabel = "MINUTES",
            description = "How long one node may take to drain; 30 if never set.")
    private Optional<Integer> drainTimeout = Optional.empty();

    @Option(
            names = "--node-soak-duration",
            paramLabel = "MINUTES",
            description = "How long a drained node waits before it is deleted; 0 if never set.")
    private Optional<Integer> soak = Optional.empty();

    @Option(
            names = "--undrainable-node-behavior",
            paramLabel = "WORD",
            description = "Schedule or Cordon: what becomes of a node that does not drain.")
    private Optional<String> undrainable = Optional.empty();

    /** Writes those that were given; whether there were any. */
    boolean into(ObjectNode properties) {
        var settings = properties.withObjectProperty("upgradeSettings");
        maxSurge.ifPresent(value -> settings.put("maxSurge", value));
        maxUnavailable.ifPresent(value -> settings.put("maxUnavailable", value));
        drainTimeout.ifPresent(value -> settings.put("drainTimeoutInMinutes", value));
        soak.ifPresent(value -> settings.put("nodeSoakDurationInMinutes", value));
        undrainable.ifPresent(value -> settings.put("undrainableNodeBehavior", value));
        return maxSurge.isPresent()
                || maxUnavailable.isPresent()
                || drainTimeout.isPresent()
                || soak.isPresent()
                || undrainable.isPresent();
    }
}
