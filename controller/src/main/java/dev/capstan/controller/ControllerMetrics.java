package dev.capstan.controller;

import dev.capstan.resources.NodeTrust;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the controller can tell Prometheus, for as long as its process lives: counted here what it does itself, and read from
 * {@link NodeMetrics} when it is asked what the nodes' NodeTrusts say. One that waits for the Lease tells of itself alone, so
 * that of several controllers no node is counted twice.
 */
public final class ControllerMetrics {

    /** Prometheus text format 0.0.4. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** From a change that containerd sees at its next look to a node that was away; a runtime's restart is in the middle. */
    private static final double[] SECONDS = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final NodeMetrics nodes = new NodeMetrics();
    private final Histogram changes = Histogram.builder()
            .name("capstan_change_seconds")
            .help(
                    "From when the controller saw the Secret or what a node shall trust change, to when it saw the node at that"
                            + " level for it; one observation for each node, change and level.")
            .labelNames("level")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    private final Counter work = Counter.builder()
            .name("capstan_reconcile_total")
            .help("What was looked at, by kind, and whether it failed; a failure is tried again.")
            .labelNames("kind", "outcome")
            .register(registry);
    private final Counter withheld = Counter.builder()
            .name("capstan_events_withheld_total")
            .help("Events that were not written since there were too many of their kind; the log has them.")
            .register(registry);
    private volatile BooleanSupplier leads = () -> false;
    private volatile IntSupplier queued = () -> 0;

    /** Metrics of a controller that does not yet work. */
    public ControllerMetrics() {
        for (String level : NodeTrust.LEVELS) {
            changes.initLabelValues(level);
        }
        withheld.inc(0);
        GaugeWithCallback.builder()
                .name("capstan_leader")
                .help("1 where this controller holds the Lease and works, 0 where it waits.")
                .callback(callback -> callback.call(leads.getAsBoolean() ? 1 : 0))
                .register(registry);
        GaugeWithCallback.builder()
                .name("capstan_queue_length")
                .help("Keys that are worked on, wait for their time, or are to be tried again.")
                .callback(callback -> callback.call(queued.getAsInt()))
                .register(registry);
        registry.register(nodes);
    }

    /** Writes them all. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
    }

    void leads(BooleanSupplier whether) {
        leads = whether;
    }

    /** A controller begins to work. */
    void begins(IntSupplier queueLength) {
        queued = queueLength;
    }

    /** It has seen its nodes. */
    void watches(ManagedApi api) {
        api.changes().tell(this::changed);
        nodes.of(api);
    }

    /** It works no more. */
    void ends() {
        queued = () -> 0;
        nodes.of(null);
    }

    void worked(Key key, @Nullable Exception failure) {
        work.labelValues(
                        key.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                        failure == null ? "done" : Manifests.isConflict(failure) ? "conflict" : "failed")
                .inc();
    }

    void eventWithheld() {
        withheld.inc();
    }

    private void changed(String level, Duration after) {
        changes.labelValues(level).observe(after.toNanos() / 1e9);
    }
}
