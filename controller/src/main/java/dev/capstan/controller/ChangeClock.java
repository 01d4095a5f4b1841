package dev.capstan.controller;

import dev.capstan.resources.NodeTrust;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long each change takes to reach each level on each node, by this process's clock alone: from when its watch
 * saw the Secret or the NodeTrust's spec change, to when it saw the node's status say the level for just that. A change that
 * comes before the last one has arrived does not start anew: what counts is for how long a node has not had what it shall.
 * Levels that a node cannot reach, having no endpoint that could prove it, are not waited for.
 */
final class ChangeClock {

    /** The levels, rising, as they are waited for. */
    private enum Level {
        WRITTEN,
        LOADED,
        PROVEN
    }

    private static final class Wait {
        private final Map<Level, Long> since = new EnumMap<>(Level.class);
    }

    private final LongSupplier nanos;
    private final Map<String, Wait> waits = new HashMap<>();
    private BiConsumer<String, Duration> reached = (level, after) -> {};

    /**
     * A clock at which nobody waits.
     *
     * @param nanos time that is never set
     */
    ChangeClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Told from now on of each level and how long it took. */
    synchronized void tell(BiConsumer<String, Duration> whom) {
        reached = whom;
    }

    /** The Secret changed: nodes that follow it by themselves have to answer. */
    synchronized void secretChanged(Iterable<NodeTrustObject> trusts) {
        for (NodeTrustObject trust : trusts) {
            if (trust.getSpec().followSecret() && trust.getSpec().secretFingerprint() == null) {
                wait(trust.getMetadata().getName());
            }
        }
    }

    /** What a node shall trust changed. */
    synchronized void specChanged(String node) {
        wait(node);
    }

    /**
     * A node's NodeTrust is as this.
     *
     * @param asked generation since which it asks for the same
     * @param secretVersion of the Secret as last seen; null where there is none
     */
    synchronized void saw(NodeTrustObject trust, long asked, @Nullable String secretVersion) {
        String node = trust.getMetadata().getName();
        Wait wait = waits.get(node);
        NodeTrust.Status status = trust.getStatus();
        if (wait == null || status == null || status.observedGeneration() < asked) {
            return;
        }
        boolean bySecret = trust.getSpec().followSecret() && trust.getSpec().secretFingerprint() == null;
        String seen = status.secret() == null ? null : status.secret().resourceVersion();
        if (bySecret && !Objects.equals(seen, secretVersion)) {
            return;
        }
        String level = NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        for (Level each : Level.values()) {
            String name = name(each);
            Long since = wait.since.get(each);
            if (since != null && NodeTrust.isAtLeast(level, name)) {
                wait.since.remove(each);
                reached.accept(name, Duration.ofNanos(nanos.getAsLong() - since));
            }
        }
        if (status.proof() == null && NodeTrust.isAtLeast(level, NodeTrust.LOADED)) {
            wait.since.remove(Level.PROVEN);
        }
        if (wait.since.isEmpty()) {
            waits.remove(node);
        }
    }

    synchronized void forget(String node) {
        waits.remove(node);
    }

    /** For how long the node that waits longest has not loaded what it shall; zero where none waits. */
    synchronized Duration longest() {
        long now = nanos.getAsLong();
        return Duration.ofNanos(waits.values().stream()
                .map(wait -> wait.since.get(Level.LOADED))
                .filter(Objects::nonNull)
                .mapToLong(since -> now - since)
                .max()
                .orElse(0));
    }

    private void wait(String node) {
        Wait wait = waits.computeIfAbsent(node, _ -> new Wait());
        for (Level each : Level.values()) {
            wait.since.putIfAbsent(each, nanos.getAsLong());
        }
    }

    private static String name(Level level) {
        String name = level.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
