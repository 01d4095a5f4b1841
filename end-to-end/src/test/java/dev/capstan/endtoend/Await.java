package dev.capstan.endtoend;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something that can be seen, with an end. */
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Await() {}

    /** Returns as soon as the condition holds; fails after a minute, naming what did not happen. */
    public static Duration until(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting until " + what, e);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
