package dev.capstan.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one cluster were told, and whether it can be true. An eTag is the uid and the generation of the cluster's
 * object, and each write makes one generation, so that the acknowledged writes must fill the generations up to the last one,
 * each exactly once: a hole is a write that nobody was told of, and two in one place are a write lost. Only a write whose
 * answer was cut off may fill a hole.
 *
 * <p>A read must not be older than any write that was acknowledged before the read began, and show what was written there.
 */
final class History {

    private final String name;
    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicReference<@Nullable ETag> last = new AtomicReference<>();

    History(String name) {
        this.name = name;
    }

    /** An eTag, taken apart. */
    record ETag(String uid, long generation) {

        static ETag parse(String text) {
            String bare = text.replace("\"", "");
            int dash = bare.lastIndexOf('-');
            return new ETag(bare.substring(0, dash), Long.parseLong(bare.substring(dash + 1)));
        }

        /** The eTag after one write. */
        ETag next() {
            return new ETag(uid, generation + 1);
        }

        @Override
        public String toString() {
            return uid + "-" + generation;
        }
    }

    /**
     * An acknowledged write.
     *
     * @param condition the eTag of its If-Match; null for one with If-None-Match
     * @param made the eTag that it made
     * @param tag what it wrote; null where it left that alone
     */
    private record Write(
            @Nullable ETag condition, ETag made, @Nullable String tag) {}

    /**
     * A read.
     *
     * @param floor the highest eTag acknowledged before it was sent
     * @param tag what it showed
     */
    private record Read(ETag seen, @Nullable ETag floor, String tag) {}

    void acknowledged(@Nullable ETag condition, ETag made, @Nullable String tag) {
        writes.add(new Write(condition, made, tag));
        last.accumulateAndGet(made, History::later);
    }

    private static @Nullable ETag later(@Nullable ETag one, @Nullable ETag other) {
        return one == null || (other != null && other.generation() > one.generation()) ? other : one;
    }

    /** A write was sent, and its answer never came. */
    void unanswered() {
        unanswered.incrementAndGet();
    }

    /** The highest eTag that was acknowledged so far. */
    @Nullable
    ETag floor() {
        return last.get();
    }

    void read(ETag seen, @Nullable ETag floor, String tag) {
        reads.add(new Read(seen, floor, tag));
    }

    int written() {
        return writes.size();
    }

    /**
     * What cannot be true, in words; empty if all of it can.
     *
     * @param end the eTag in the end
     */
    List<String> faults(ETag end) {
        List<String> faults = new ArrayList<>();
        Map<Long, Write> byGeneration = new TreeMap<>();
        for (Write write : writes) {
            Write other = byGeneration.putIfAbsent(write.made().generation(), write);
            if (other != null) {
                faults.add(name + ": two writes were acknowledged as " + write.made() + ": one of them is lost");
            }
            if (!write.made().uid().equals(end.uid())) {
                faults.add(
                        name + ": " + write.made() + " was acknowledged, and the cluster is another one now: " + end);
            }
            if (write.condition() != null && !write.condition().next().equals(write.made())) {
                faults.add(name + ": a write on condition of " + write.condition() + " made " + write.made());
            }
            if (write.made().generation() > end.generation()) {
                faults.add(name + ": " + write.made() + " was acknowledged, and in the end it is " + end);
            }
        }
        long holes = end.generation() - byGeneration.size();
        if (holes < 0 || holes > unanswered.get()) {
            faults.add(name + ": " + end.generation() + " writes were made, " + byGeneration.size()
                    + " acknowledged and " + unanswered.get() + " never answered");
        }
        faults.addAll(faultsOfReads(tags(byGeneration.values())));
        return faults;
    }

    /** What each generation must show, as far as that is known. */
    private static Map<Long, String> tags(Collection<Write> inOrder) {
        Map<Long, String> tags = new ConcurrentHashMap<>();
        for (Write write : inOrder) {
            long generation = write.made().generation();
            String tag = write.tag() == null ? tags.get(generation - 1) : write.tag();
            if (tag != null) {
                tags.put(generation, tag);
            }
        }
        return tags;
    }

    private List<String> faultsOfReads(Map<Long, String> tags) {
        List<String> faults = new ArrayList<>();
        for (Read read : reads) {
            if (read.floor() != null && read.seen().generation() < read.floor().generation()) {
                faults.add(name + ": a read showed " + read.seen() + " after " + read.floor() + " was acknowledged");
            }
            String tag = tags.get(read.seen().generation());
            if (tag != null && !tag.equals(read.tag())) {
                faults.add(name + ": " + read.seen() + " was written with " + tag + " and shown with " + read.tag());
            }
        }
        return faults;
    }
}
