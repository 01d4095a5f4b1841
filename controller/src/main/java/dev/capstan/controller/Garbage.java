package dev.capstan.controller;

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Removes what nobody needs any more, and sets itself the one timer for what is not yet old enough. */
final class Garbage {

    private final ManagedApis apis;
    private final Events events;
    private final WorkQueue<Key> queue;
    private final Function<String, Set<String>> named;

    /**
     * A collector.
     *
     * @param named fingerprints that the pools of a cluster and their machines name, read now
     */
    Garbage(ManagedApis apis, Events events, WorkQueue<Key> queue, Function<String, Set<String>> named) {
        this.named = named;
        this.apis = apis;
        this.events = events;
        this.queue = queue;
    }

    void collect(String cluster) {
        ManagedApi api = apis.get(cluster);
        if (api == null) {
            return;
        }
        again(cluster, api.sets().removeUnused(api.trusts(), named.apply(cluster)));
        again(cluster, events.removeOld(api.client()));
    }

    private void again(String cluster, @Nullable Duration wait) {
        if (wait != null) {
            queue.addAfter(new Key.Garbage(cluster), wait);
        }
    }
}
