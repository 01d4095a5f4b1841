package dev.capstan.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges Leases by this machine's own clock: what counts is when a renewal was seen, not what time the node said it was
 * (as Kubernetes' node lifecycle controller does), so that a node with a wrong clock is neither kept nor lost for it.
 * Only the first sight of a Lease, which may be old news, is judged by the time in it, where that is past.
 */
final class LeaseClock {

    private record Sight(String renewed, Instant seen, Duration duration) {}

    private final InstantSource clock;
    private final Duration standardDuration;
    private final Map<String, Sight> sights = new ConcurrentHashMap<>();

    LeaseClock(InstantSource clock, Duration standardDuration) {
        this.clock = clock;
        this.standardDuration = standardDuration;
    }

    /** Takes note of a Lease as it is now. */
    void saw(Lease lease) {
        if (lease.getSpec() == null || lease.getSpec().getRenewTime() == null) {
            sights.remove(lease.getMetadata().getName());
            return;
        }
        Instant renewed = lease.getSpec().getRenewTime().toInstant();
        String text = lease.getMetadata().getUid() + " " + renewed;
        Integer seconds = lease.getSpec().getLeaseDurationSeconds();
        Duration duration = seconds == null || seconds <= 0 ? standardDuration : Duration.ofSeconds(seconds);
        Instant now = clock.instant();
        sights.compute(lease.getMetadata().getName(), (name, before) -> {
            if (before == null) {
                return new Sight(text, renewed.isBefore(now) ? renewed : now, duration);
            }
            return new Sight(text, before.renewed().equals(text) ? before.seen() : now, duration);
        });
    }

    /** The Lease is gone. */
    void forget(String node) {
        sights.remove(node);
    }

    AgentContact of(String node) {
        Sight sight = sights.get(node);
        if (sight == null) {
            return new AgentContact.Never();
        }
        Instant until = sight.seen().plus(sight.duration());
        return clock.instant().isBefore(until) ? new AgentContact.Alive(until) : new AgentContact.Silent(sight.seen());
    }
}
