package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Caller;
import java.time.InstantSource;
import java.util.Map;

/** Bounds how much one principal, or one stranger, can ask; in memory, so each server counts for itself. */
public final class RateLimits {

    private static final String REMAINING = "x-ms-ratelimit-remaining-subscription-";

    private final Buckets reads;
    private final Buckets writes;
    private final Buckets deletes;
    private final Buckets strangers;

    public RateLimits(Limits limits, InstantSource clock) {
        reads = new Buckets(limits.reads(), clock);
        writes = new Buckets(limits.writes(), clock);
        deletes = new Buckets(limits.deletes(), clock);
        strangers = new Buckets(limits.strangers(), clock);
    }

    /** What is left for a caller, for her to see. */
    @FunctionalInterface
    public interface Remaining {
        /** The answer with the header. */
        ArmAnswer on(ArmAnswer answer);
    }

    /**
     * Counts a request of somebody known.
     *
     * @throws ArmFailure 429 if there were too many
     */
    public Remaining count(ArmRequest request, Caller caller) {
        if (caller.isAdministrator()) {
            return answer -> answer;
        }
        String kind = request.method().equals("DELETE") ? "delete" : request.isWrite() ? "write" : "read";
        Buckets buckets = kind.equals("delete") ? deletes : kind.equals("write") ? writes : reads;
        Buckets.Outcome outcome = buckets.take(caller.name());
        String remaining = REMAINING + kind + "s";
        if (!outcome.isTaken()) {
            throw ArmFailure.of(
                    429,
                    "SubscriptionRequestsThrottled",
                    "Number of '" + kind + "' requests for the subscription, actor '" + caller.name()
                            + "' exceeded. Please try again after '" + outcome.waitSeconds()
                            + "' seconds after additional tokens are available.",
                    Map.of("Retry-After", Integer.toString(outcome.waitSeconds()), remaining, "0"));
        }
        return outcome.remaining() == Integer.MAX_VALUE
                ? answer -> answer
                : answer -> answer.with(remaining, Integer.toString(outcome.remaining()));
    }

    /**
     * Counts a request of somebody who is not known, or wants to be.
     *
     * @throws ArmFailure 429 if there were too many of that address
     */
    public void countStranger(ArmRequest request) {
        Buckets.Outcome outcome = strangers.take(request.address());
        if (!outcome.isTaken()) {
            throw ArmFailure.of(
                    429,
                    "TooManyRequests",
                    "Too many requests without a good access token came from this address. Please try again after '"
                            + outcome.waitSeconds() + "' seconds.",
                    Map.of("Retry-After", Integer.toString(outcome.waitSeconds())));
        }
    }
}
