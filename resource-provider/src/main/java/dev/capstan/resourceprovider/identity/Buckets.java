package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.identity.Limits.Rate;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Token buckets by name. A bucket is as full as its last use and the time since say; one that is full again is the same as
 * none, and is forgotten when there are many.
 */
final class Buckets {

    private static final int MANY = 10_000;
    private static final double MILLIS = 1000.0;

    private final Rate rate;
    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new HashMap<>();

    private record Bucket(double tokens, long at) {}

    Buckets(Rate rate, InstantSource clock) {
        this.rate = rate;
        this.clock = clock;
    }

    /**
     * What became of a request.
     *
     * @param isTaken whether it may go on
     * @param remaining how many more might, now
     * @param waitSeconds in how many seconds another may; 0 if now
     */
    record Outcome(boolean isTaken, int remaining, int waitSeconds) {}

    /** Takes a token. */
    synchronized Outcome take(String name) {
        if (rate.burst() == 0) {
            return new Outcome(true, Integer.MAX_VALUE, 0);
        }
        long now = clock.millis();
        double tokens = tokens(buckets.getOrDefault(name, new Bucket(rate.burst(), now)), now);
        boolean isTaken = tokens >= 1;
        double left = isTaken ? tokens - 1 : tokens;
        buckets.put(name, new Bucket(left, now));
        if (buckets.size() > MANY) {
            buckets.values().removeIf(bucket -> tokens(bucket, now) >= rate.burst());
            if (buckets.size() > MANY) {
                // All of them in use at once: an attack from everywhere. To be lenient then is better than to run out
                // of memory.
                buckets.clear();
            }
        }
        int wait = left >= 1 ? 0 : (int) Math.ceil((1 - left) / rate.perSecond());
        return new Outcome(isTaken, (int) left, Math.max(wait, isTaken ? 0 : 1));
    }

    private double tokens(Bucket bucket, long now) {
        // A clock that was set back gives nothing.
        double flowed = Math.max(0, now - bucket.at()) / MILLIS * rate.perSecond();
        return Math.min(rate.burst(), bucket.tokens() + flowed);
    }
}
