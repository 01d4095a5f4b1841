package dev.capstan.agent.api;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * How long to wait before the next try: a random time below a limit that doubles from 100 ms to 30 s with every failure
 * ("full jitter"), so that ten thousand agents do not come back at once. For one thread.
 */
public final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long MAX_MILLIS = 30_000;

    private final LongUnaryOperator below;
    private long limit = FIRST_MILLIS;

    /** A backoff with a random source of its own. */
    public Backoff() {
        this(bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** A backoff that draws its times, each below the limit it is given, from {@code below}. */
    Backoff(LongUnaryOperator below) {
        this.below = below;
    }

    /** The time to wait after one more failure, in milliseconds. */
    public long afterFailure() {
        long wait = 1 + below.applyAsLong(limit);
        limit = Math.min(2 * limit, MAX_MILLIS);
        return wait;
    }

    /** The time to wait after a failure that will not pass by itself: between 15 and 30 s. */
    public long afterRefusal() {
        limit = MAX_MILLIS;
        return MAX_MILLIS / 2 + below.applyAsLong(MAX_MILLIS / 2);
    }

    /** Begins again with short times: the last try succeeded. */
    public void reset() {
        limit = FIRST_MILLIS;
    }
}
