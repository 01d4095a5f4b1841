package dev.capstan.embeddedkubernetes.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The latest events of a cluster, oldest first, bounded by number. It knows every change after {@link #start}; asking
 * from before that is refused. Not thread-safe: {@link ClusterStore} guards it.
 */
final class History {
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final int limit;
    private long start;

    /**
     * @param start the resourceVersion at opening; what happened before is not known
     * @param limit how many events to keep
     */
    History(long start, int limit) {
        this.start = start;
        this.limit = limit;
    }

    void add(Event event) {
        events.addLast(event);
        if (events.size() > limit) {
            start = events.removeFirst().resourceVersion();
        }
    }

    /** The events after the version, oldest first. */
    List<Event> after(long resourceVersion) {
        if (resourceVersion < start) {
            throw new ExpiredVersion(resourceVersion, start);
        }
        List<Event> found = new ArrayList<>();
        for (Iterator<Event> newestFirst = events.descendingIterator(); newestFirst.hasNext(); ) {
            Event event = newestFirst.next();
            if (event.resourceVersion() <= resourceVersion) {
                break;
            }
            found.add(event);
        }
        return found.reversed();
    }
}
