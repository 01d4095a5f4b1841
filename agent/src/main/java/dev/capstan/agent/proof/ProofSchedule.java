package dev.capstan.agent.proof;

import java.util.function.DoubleSupplier;

/**
 * When the next round of proofs is due. Times are of {@link System#nanoTime()}.
 *
 * <ul>
 *   <li>After a change: once, at an even chance anywhere within the spread. Every node of a cluster hears of a change in
 *       the same second, so the spread alone decides how many ask a registry at once: with a spread of one second for
 *       each 50 nodes, which the controller sets, about 50 nodes a second begin.
 *   <li>While the last try of an endpoint proved nothing: again after the first retry, then after twice as long each time, up to
 *       {@value #RENEWAL_SECONDS} s. The first retry is {@value #RETRY_SECONDS} s and never shorter than the spread, so that
 *       a registry that comes back is not met by the whole cluster at once.
 *   <li>Once all are proven: again after {@value #RENEWAL_SECONDS} s, all of them. Every renewal is later by a chance of its own, so
 *       nodes that began together drift apart.
 * </ul>
 *
 * <p>Every time but the first is stretched or cut by up to a quarter.
 */
final class ProofSchedule {

    /** The spread of a cluster that is small: seconds. */
    static final int SMALL_SPREAD_SECONDS = 2;

    static final int RETRY_SECONDS = 10;
    static final int RENEWAL_SECONDS = 600;

    static final long NEVER = Long.MAX_VALUE;

    private static final double NANOS = 1e9;

    private final DoubleSupplier chance;
    private int spreadSeconds = SMALL_SPREAD_SECONDS;
    private int tries;
    private long due = NEVER;
    private long renewal = NEVER;

    /**
     * A schedule with nothing due.
     *
     * @param chance draws from 0 up to 1
     */
    ProofSchedule(DoubleSupplier chance) {
        this.chance = chance;
    }

    /** Nothing can be proven now. */
    void rest() {
        due = NEVER;
        renewal = NEVER;
    }

    /** There is something new to prove. */
    void changed(long now, int spread) {
        spreadSeconds = spread;
        tries = 0;
        due = after(now, spreadSeconds * chance.getAsDouble());
        renewal = due;
    }

    /**
     * A round has ended.
     *
     * @param whole whether every endpoint was asked
     * @param proven whether every endpoint is proven now, by its last try
     */
    void ended(long now, boolean whole, boolean proven) {
        if (whole) {
            renewal = after(now, jittered(RENEWAL_SECONDS));
        }
        if (proven) {
            tries = 0;
            due = renewal;
        } else {
            double wait = Math.max(RETRY_SECONDS, spreadSeconds) * Math.pow(2, Math.min(tries, 20));
            tries++;
            due = Math.min(renewal, after(now, jittered(Math.min(wait, RENEWAL_SECONDS))));
        }
    }

    /** When the next round is due; {@link #NEVER} where none is. */
    long due() {
        return due;
    }

    /** Whether the round that is due asks every endpoint, and not only those whose last try proved nothing. */
    boolean isWhole() {
        return due == renewal;
    }

    private double jittered(double seconds) {
        return seconds * (0.75 + chance.getAsDouble() / 2);
    }

    private static long after(long now, double seconds) {
        return now + (long) (seconds * NANOS);
    }
}
