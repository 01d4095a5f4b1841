package dev.capstan.agent;

import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.truststore.Wanted;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the node is looked at although nobody has said anything: at a pace, deep where a stamp differs, and deep every so
 * often whatever the stamps say, for what they do not cover. Times are of {@link System#nanoTime()}.
 */
final class Looks {

    /** Every so many looks go deep whatever the stamps say: at the usual pace, ten minutes. */
    private static final int DEEP_LOOK = 60;

    /** How often a change of a store that fails is followed at once before it is taken for our own. */
    private static final int FOLLOWED = 5;

    private final long paceNanos;
    private final Path root;
    private final Path proc;
    private @Nullable Stamps stamps;
    private @Nullable RuntimeProcess process;
    private boolean again;
    private int followed;
    private long count;
    private long next;

    /**
     * Looks at this pace.
     *
     * @param root root of the node's file system
     * @param proc the proc file system the runtime is looked up in
     */
    Looks(long paceMillis, Path root, Path proc) {
        this.paceNanos = paceMillis * 1_000_000L;
        this.root = root;
        this.proc = proc;
        this.next = System.nanoTime() + paceNanos;
    }

    /** When the next look is due. */
    long next() {
        return next;
    }

    /** Takes the look, if it is due; answers whether it has to go deep. */
    boolean take() {
        if (System.nanoTime() < next) {
            return false;
        }
        next = System.nanoTime() + paceNanos;
        count++;
        return again || count % DEEP_LOOK == 0 || (stamps != null && !stamps.same());
    }

    /** The node is about to be brought to this, with these folders watched. */
    void before(Wanted wanted, Set<Path> folders) {
        stamps = new Stamps(root, proc, wanted.certificates(), folders, process);
    }

    /** The node was brought there. Where that changed it, or its runtime is another process, the next look goes deep. */
    void after(Measured measured) {
        again = measured.changed() || !Objects.equals(measured.process(), process);
        process = measured.process();
    }

    /**
     * Whether there is no news but a change of a store that cannot be brought to its set. Somebody else may be at work on
     * it, and is followed at once for {@value #FOLLOWED} times; or it is the trace of our own failing try, and the next one
     * has its time already.
     *
     * @param touchedAlone whether there is no other news
     * @param due when something else is to be done
     */
    boolean isEcho(boolean storeFails, boolean touchedAlone, long due) {
        if (!storeFails) {
            followed = 0;
            return false;
        }
        return touchedAlone && System.nanoTime() < Math.min(next, due) && ++followed > FOLLOWED;
    }
}
