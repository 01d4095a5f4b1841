package dev.capstan.agent.api;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * How long to wait before the next try: a random time below a limit that doubles with every failure up to 30 s ("full
 * jitter"), so that ten thousand agents do not come back at once. For one thread.
 *
 * <p>Towards the API the first limit is 1 s, since what cuts one agent's connection cuts everybody's; on the node itself it
 * is 100 ms. What will not pass by itself (no right, no credential, another cluster) is asked again after 15 to 30 s. A
 * server that asks to be left alone for a time is left alone for that time and the jitter on top.
 */
public final class Backoff {

    private static final long FIRST_ON_NODE_MILLIS = 100;
    private static final long FIRST_AT_API_MILLIS = 1_000;
    private static final long MAX_MILLIS = 30_000;

    private final LongUnaryOperator below;
    private final long first;
    private long limit;

    private Backoff(long first, LongUnaryOperator below) {
        this.first = first;
        this.below = below;
        this.limit = first;
    }

    /** For what is tried on the node itself. */
    public static Backoff onNode() {
        return new Backoff(
                FIRST_ON_NODE_MILLIS, bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** For what is tried at the API. */
    public static Backoff atApi() {
        return atApi(bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** For what is tried at the API, with times, each below the limit it is given, drawn from {@code below}. */
    static Backoff atApi(LongUnaryOperator below) {
        return new Backoff(FIRST_AT_API_MILLIS, below);
    }

    /** The time to wait after a request that failed like this, in milliseconds. */
    public long after(Exception failure) {
        return switch (failure) {
            case ForeignClusterException foreign -> afterRefusal();
            case RefusedException refused when refused.forbidden() || refused.unauthorized() -> afterRefusal();
            case RefusedException refused -> 1000L * refused.retryAfterSeconds() + afterFailure();
            default -> afterFailure();
        };
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
        limit = first;
    }
}
