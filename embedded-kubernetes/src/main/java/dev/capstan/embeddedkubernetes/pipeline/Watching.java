package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Event;
import dev.capstan.embeddedkubernetes.store.ExpiredVersion;
import dev.capstan.embeddedkubernetes.store.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One watch: what exists first, if asked for, then every change that touches the selection, in order, until the time is
 * up, the client is gone or too slow, or the server stops.
 *
 * <p>Semantics of Kubernetes: resourceVersion absent or 0 begins with ADDED events for what exists; another one begins
 * after it, and one that is no longer known is answered with an ERROR event 410 Expired. An object that comes to match
 * the selectors is ADDED, one that ceases to match is DELETED. {@code sendInitialEvents=true} ends what exists with a
 * bookmark that carries {@code k8s.io/initial-events-end}. After half a minute of silence a bookmark is sent, or nothing
 * but a sign of life where bookmarks are not wanted, so that a client that has gone is noticed.
 */
public final class Watching implements AutoCloseable {
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);
    private static final int SHORTEST_SECONDS = 1800;

    /** Takes the events of a watch; each is sent before it returns. */
    public interface Sink {
        /**
         * Sends one event.
         *
         * @param type ADDED, MODIFIED, DELETED, BOOKMARK or ERROR
         * @param object what it is about
         */
        void send(String type, ObjectNode object) throws IOException;

        /** Sends something that means nothing, to find out whether the client is still there. */
        void probe() throws IOException;
    }

    private final Target target;
    private final Selection selection;
    private final List<ObjectNode> initial;
    private final long initialVersion;
    private final boolean markInitialEnd;
    private final boolean bookmarks;
    private final Instant until;
    private final @Nullable ApiFailure refused;
    private final @Nullable Subscription subscription;

    private Watching(ClusterStore store, Target target, Parameters parameters) {
        this.target = target;
        this.selection = Selection.parse(target, parameters);
        this.bookmarks = parameters.flag("allowWatchBookmarks");
        long seconds = parameters
                .number("timeoutSeconds")
                .orElse(SHORTEST_SECONDS + ThreadLocalRandom.current().nextInt(SHORTEST_SECONDS));
        this.until = Instant.now().plusSeconds(Math.min(Math.max(seconds, 1), Integer.MAX_VALUE));
        checkInitialEvents(parameters);
        boolean sendInitial = parameters.flag("sendInitialEvents");
        boolean asked = parameters.values().containsKey("sendInitialEvents");
        OptionalLong version = parameters.resourceVersion();
        String resource = target.kind().resource();
        String namespace = target.namespace().isEmpty() ? null : target.namespace();
        this.markInitialEnd = sendInitial && bookmarks;
        if (sendInitial || version.orElse(0) == 0) {
            ClusterStore.Watch watch = store.watch(resource, namespace);
            this.initial = asked && !sendInitial ? List.of() : watch.initial().objects();
            this.initialVersion = watch.initial().resourceVersion();
            this.subscription = watch.subscription();
            this.refused = null;
            return;
        }
        this.initial = List.of();
        this.initialVersion = version.getAsLong();
        Subscription found = null;
        ApiFailure failure = null;
        long current = store.resourceVersion();
        if (initialVersion > current) {
            // A version of the future is one of another store: the client has to list again.
            failure = ApiFailure.expired("too old resource version: " + initialVersion + " (" + current + ")");
        } else {
            try {
                found = store.watchAfter(resource, namespace, initialVersion);
            } catch (ExpiredVersion e) {
                failure = ApiFailure.expired(String.valueOf(e.getMessage()));
            }
        }
        this.subscription = found;
        this.refused = failure;
    }

    /** Subscribes; everything from now on is seen by {@link #run}. */
    static Watching open(ClusterStore store, Target target, Parameters parameters) {
        return new Watching(store, target, parameters);
    }

    private static void checkInitialEvents(Parameters parameters) {
        boolean asked = parameters.values().containsKey("sendInitialEvents");
        String match = parameters.text("resourceVersionMatch");
        FieldError error = null;
        if (asked && !match.equals("NotOlderThan")) {
            error = FieldError.forbidden(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        } else if (!asked && !match.isEmpty()) {
            error = FieldError.forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is set");
        }
        if (error != null) {
            throw ApiFailure.of(422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: " + error);
        }
    }

    /** Sends events until the watch ends. */
    public void run(Sink sink) throws IOException, InterruptedException {
        if (refused != null || subscription == null) {
            sink.send("ERROR", refused == null ? Json.object() : refused.toStatus());
            return;
        }
        for (ObjectNode object : initial) {
            if (selection.matches(object)) {
                sink.send("ADDED", Writes.inVersion(target.kind(), object));
            }
        }
        if (markInitialEnd) {
            ObjectNode end = bookmark(initialVersion);
            Json.metadata(end).putObject("annotations").put("k8s.io/initial-events-end", "true");
            sink.send("BOOKMARK", end);
        }
        while (true) {
            Duration left = Duration.between(Instant.now(), until);
            if (!left.isPositive()) {
                return;
            }
            switch (subscription.next(left.compareTo(LONGEST_SILENCE) < 0 ? left : LONGEST_SILENCE)) {
                case Subscription.Changed(Event event) -> send(event, sink);
                case Subscription.Quiet(long version) -> {
                    if (bookmarks) {
                        sink.send("BOOKMARK", bookmark(version));
                    } else {
                        sink.probe();
                    }
                }
                case Subscription.End _ -> {
                    return;
                }
            }
        }
    }

    private void send(Event event, Sink sink) throws IOException {
        ObjectNode previous = event.previous();
        boolean before = previous != null && selection.matches(previous);
        boolean after = !event.deleted() && selection.matches(event.object());
        if (after) {
            sink.send(before ? "MODIFIED" : "ADDED", Writes.inVersion(target.kind(), event.object()));
        } else if (before && previous != null) {
            sink.send(
                    "DELETED",
                    Writes.inVersion(target.kind(), event.deleted() ? event.object() : lastSeen(event, previous)));
        }
    }

    /** An object that left the selection is shown as it was, at the version of the change. */
    private static ObjectNode lastSeen(Event event, ObjectNode previous) {
        ObjectNode last = previous.deepCopy();
        Json.metadata(last).put("resourceVersion", Long.toString(event.resourceVersion()));
        return last;
    }

    private ObjectNode bookmark(long version) {
        ObjectNode bookmark = Json.object()
                .put("kind", target.kind().kind())
                .put("apiVersion", target.kind().apiVersion());
        bookmark.putObject("metadata").put("resourceVersion", Long.toString(version));
        return bookmark;
    }

    /** Ends the watch from another thread. */
    public void end() {
        if (subscription != null) {
            subscription.end();
        }
    }

    /** Runs when the subscription is cut off because the watcher is too slow; it may be stuck in sending. */
    public void whenTooSlow(Runnable action) {
        if (subscription != null) {
            subscription.whenTooSlow(action);
        }
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
    }
}
