package dev.capstan.endtoend;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for something that can be seen. The end of a wait tells a hang from a slow machine and nothing else, so it is minutes
 * away; what the product promises in time is judged elsewhere. A look that fails, such as a kubectl that got no answer, has seen
 * nothing yet; the last one is told when the wait ends in vain.
 */
public final class Await {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Await() {}

    /** Returns as soon as the condition holds; fails after five minutes, naming what did not happen. */
    public static Duration until(String what, Callable<Boolean> condition) {
        return until(what, LIMIT, condition);
    }

    /** Returns as soon as the condition holds; fails after this long, naming what did not happen. */
    public static Duration until(String what, Duration limit, Callable<Boolean> condition) {
        return until(what, limit, () -> "", condition);
    }

    /**
     * Returns as soon as the condition holds; fails after five minutes, naming what did not happen.
     *
     * @param seen what is there in its place
     */
    public static Duration until(String what, Supplier<String> seen, Callable<Boolean> condition) {
        return until(what, LIMIT, seen, condition);
    }

    /** Returns as soon as nothing fails; fails after five minutes with the last failure. */
    public static Duration held(String what, Try attempt) {
        return until(what, () -> {
            attempt.run();
            return true;
        });
    }

    /** Something that fails as long as what is waited for is not there. */
    @FunctionalInterface
    public interface Try {
        void run() throws Exception;
    }

    /**
     * Returns as soon as the condition holds; fails after this long, naming what did not happen.
     *
     * @param seen what is there in its place
     */
    public static Duration until(String what, Duration limit, Supplier<String> seen, Callable<Boolean> condition) {
        long begin = System.nanoTime();
        Throwable last = null;
        while (true) {
            try {
                if (condition.call()) {
                    return Duration.ofNanos(System.nanoTime() - begin);
                }
                last = null;
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting until " + what, e);
            } catch (Exception | AssertionError notYet) {
                last = notYet;
                pause();
            }
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw new AssertionError(
                        "not within " + limit.toSeconds() + " s: " + what + told(seen.get(), last), last);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String told(String seen, @Nullable Throwable last) {
        return (seen.isEmpty() ? "" : "; seen last: " + seen) + (last == null ? "" : "; the last look failed: " + last);
    }
}
