package dev.capstan.agent.api;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Says what goes wrong once, and again only every five minutes while it stays the same. For one thread. */
public final class Complaints {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final long REPEAT_NANOS = 5 * 60 * 1_000_000_000L;

    private @Nullable String last;
    private long said;

    /** Nothing was said yet. */
    public Complaints() {}

    /** Says it, unless it was said just before. */
    public void say(Level level, String words) {
        long now = System.nanoTime();
        if (!words.equals(last) || now - said >= REPEAT_NANOS) {
            last = words;
            said = now;
            LOG.log(level, words);
        }
    }

    /** All is well again: says so if it had not been. */
    public void over(String words) {
        if (last != null) {
            last = null;
            LOG.log(Level.INFO, words);
        }
    }
}
