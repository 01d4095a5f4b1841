package dev.capstan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Waits until a ManagedCluster is where it was asked to be: reads it, then watches it from that version on, and begins
 * again when the watch ends. What it waits for is done by the control plane, so that stopping to wait stops nothing;
 * whoever interrupts the wait is told so.
 */
final class Waiting {

    private static final Duration WATCH = Duration.ofSeconds(20);

    private final Session session;
    private final Api api;
    private final ClusterId id;

    Waiting(Session session, Api api, ClusterId id) {
        this.session = session;
        this.api = api;
        this.id = id;
    }

    /**
     * Waits until the cluster satisfies the condition; it is empty if there is none.
     *
     * @param what what goes on meanwhile, such as {@code creation}, for messages
     * @param limit how long at most; a {@link Problem} tells where it stood then
     */
    void until(String what, Duration limit, Predicate<Optional<ManagedCluster>> done) {
        var deadline = Instant.now().plus(limit);
        var farewell = Thread.ofPlatform()
                .unstarted(() -> session.err()
                        .println(System.lineSeparator() + "Not waiting any longer; the " + what + " of " + id
                                + " goes on. See " + "'capstan cluster list'."));
        Runtime.getRuntime().addShutdownHook(farewell);
        try (var progress = new Progress(session)) {
            while (!isDone(progress, deadline, done)) {
                if (Instant.now().isAfter(deadline)) {
                    throw Problem.failed(
                            "After %d s the %s of %s has not ended: %s."
                                    .formatted(limit.toSeconds(), what, id, standing()),
                            "It goes on; see 'capstan cluster show -g %s -n %s' and the log in CAPSTAN_HOME/log/server.log."
                                    .formatted(id.group(), id.name()));
                }
            }
        } finally {
            forget(farewell);
        }
    }

    private static void forget(Thread farewell) {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException interruptedAtTheLastMoment) {
            // The hook runs already, and what it says is still true of the wait.
            return;
        }
    }

    private boolean isDone(Progress progress, Instant deadline, Predicate<Optional<ManagedCluster>> done) {
        var now = api.find(ManagedCluster.path(id)).map(ManagedCluster::new);
        if (done.test(now)) {
            return true;
        }
        if (now.isEmpty()) {
            throw Problem.notFound(
                    "The cluster " + id + " was deleted meanwhile.",
                    "Run 'capstan cluster list' to see what there is.");
        }
        progress.show(now.get().message());
        var left = Duration.between(Instant.now(), deadline);
        return api.watch(
                ManagedCluster.COLLECTION,
                now.get().objectName(),
                now.get().resourceVersion(),
                left.compareTo(WATCH) < 0 ? left : WATCH,
                event -> satisfies(event, progress, done));
    }

    private static boolean satisfies(JsonNode event, Progress progress, Predicate<Optional<ManagedCluster>> done) {
        var type = event.path("type").asText();
        if (type.equals("BOOKMARK")) {
            return false;
        }
        if (type.equals("DELETED")) {
            return done.test(Optional.empty());
        }
        var cluster = new ManagedCluster(event.path("object"));
        progress.show(cluster.message());
        return done.test(Optional.of(cluster));
    }

    private String standing() {
        return api.find(ManagedCluster.path(id))
                .map(ManagedCluster::new)
                .map(ManagedCluster::message)
                .orElse("it is gone");
    }
}
