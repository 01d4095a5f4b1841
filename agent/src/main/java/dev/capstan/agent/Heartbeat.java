package dev.capstan.agent;

import dev.capstan.agent.api.Backoff;
import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.api.RefusedException;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.Token;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The node's sign of life: renews its Lease every 30 s and its token at half the token's life, on a thread of its own, so
 * that a trust store that takes its time is not taken for a dead node. The token is renewed whatever becomes of the Lease.
 * The pace is drawn anew each time, up to a tenth shorter, so that agents that were once in step do not stay so.
 */
final class Heartbeat implements AutoCloseable {

    private static final long LEASE_MILLIS = 30_000;
    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    private final Requests requests;
    private final Token token;
    private final InstantSource clock;
    private final long leaseMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Complaints complaints = new Complaints();
    private final Complaints tokenComplaints = new Complaints();
    private final Backoff backoff = Backoff.atApi();

    Heartbeat(Requests requests, Token token, InstantSource clock) {
        this(requests, token, clock, LEASE_MILLIS);
    }

    /** A heartbeat of another pace, for tests. */
    Heartbeat(Requests requests, Token token, InstantSource clock, long leaseMillis) {
        this.requests = requests;
        this.token = token;
        this.clock = clock;
        this.leaseMillis = leaseMillis;
    }

    void start() {
        Thread.ofPlatform().name("heartbeat").daemon().start(this::run);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            for (long wait = 0; !closed.await(wait, TimeUnit.MILLISECONDS); ) {
                wait = beat();
            }
        } catch (InterruptedException asked) {
            close();
        }
    }

    /** One beat; answers after how many milliseconds the next is due. */
    private long beat() {
        long wait;
        boolean answered = true;
        try {
            requests.renewLease(microTime(clock.instant()));
            complaints.over("the node's Lease is renewed again");
            backoff.reset();
            wait = leaseMillis - ThreadLocalRandom.current().nextLong(leaseMillis / 10 + 1);
        } catch (IOException | RuntimeException failed) {
            if (closed.getCount() > 0) {
                complaints.say(Level.WARNING, "the node's Lease could not be renewed: " + requests.words(failed));
            }
            wait = Math.min(leaseMillis, backoff.afterFailure());
            answered = failed instanceof RefusedException;
        }
        if (answered) {
            renewToken();
        }
        return wait;
    }

    private void renewToken() {
        try {
            if (token.isToRenew(clock.millis())) {
                requests.renewToken();
                LOG.log(Level.INFO, "the node's token is renewed");
                tokenComplaints.over("the node's token could be renewed again");
            }
        } catch (IOException | RuntimeException failed) {
            tokenComplaints.say(
                    Level.WARNING,
                    "the node's token could not be renewed, the old one goes on while it lasts: "
                            + requests.words(failed));
        }
    }

    /** RFC 3339 with exactly six digits of fraction, the one form that Kubernetes' MicroTime takes. */
    static String microTime(Instant instant) {
        String seconds = Instant.ofEpochSecond(instant.getEpochSecond()).toString();
        String micros = Integer.toString(1_000_000 + instant.getNano() / 1000).substring(1);
        return seconds.substring(0, seconds.length() - 1) + "." + micros + "Z";
    }
}
