package dev.capstan.embeddedkubernetes.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watcher's bounded queue. A commit puts its events in without ever waiting; a watcher that lets the queue fill up is
 * cut off: it gets what it has, then the end, and may resume from the last version it saw.
 */
public final class Subscription implements AutoCloseable {
    /** What a watcher takes from its queue. */
    public sealed interface Signal {}

    /** A committed change. */
    public record Changed(Event event) implements Signal {}

    /** Nothing happened for a while; everything up to the version has been delivered. */
    public record Quiet(long resourceVersion) implements Signal {}

    /** There will be no more. */
    public enum End implements Signal {
        /** The store was closed. */
        CLOSED,
        /** The watcher was too slow and was cut off. */
        TOO_SLOW
    }

    private final ClusterStore store;
    private final String resource;
    private final @Nullable String namespace;
    private final LinkedBlockingQueue<Signal> queue;
    private final int capacity;
    private volatile boolean ended;
    private volatile Runnable tooSlow = () -> {};

    Subscription(ClusterStore store, String resource, @Nullable String namespace, int capacity, List<Event> missed) {
        this.store = store;
        this.resource = resource;
        this.namespace = namespace;
        this.capacity = capacity;
        this.queue = new LinkedBlockingQueue<>();
        missed.forEach(event -> {
            if (isAbout(event)) {
                queue.add(new Changed(event));
            }
        });
    }

    private boolean isAbout(Event event) {
        return event.key().resource().equals(resource)
                && (namespace == null || event.key().namespace().equals(namespace));
    }

    /** Called by the store while it applies a commit. */
    void offer(Event event) {
        if (ended || !isAbout(event)) {
            return;
        }
        if (queue.size() >= capacity) {
            end(End.TOO_SLOW);
            tooSlow.run();
        } else {
            queue.add(new Changed(event));
        }
    }

    void end(End reason) {
        if (!ended) {
            ended = true;
            queue.add(reason);
        }
    }

    /** Ends the subscription from outside, for a server that stops or a caller that lost its rights. */
    public void end() {
        end(End.CLOSED);
    }

    /** What to do, at once and without waiting, when the watcher is cut off: it may be stuck in sending. */
    public void whenTooSlow(Runnable action) {
        tooSlow = action;
    }

    /** Waits for the next signal; after the given time without one, {@link Quiet}. After an {@link End} do not ask again. */
    public Signal next(Duration patience) throws InterruptedException {
        Signal signal = queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (signal != null) {
            return signal;
        }
        return store.quietOr(queue);
    }

    @Override
    public void close() {
        ended = true;
        store.unsubscribe(this);
    }
}
