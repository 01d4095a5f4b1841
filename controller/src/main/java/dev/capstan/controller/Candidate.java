package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A controller of several on the same cluster: it works while it holds {@link LeaderLease}, and only then. Every {@link
 * #RETRY} it renews the Lease, or looks whether it may take it. Its {@link Term} lasts {@link #TERM} from before the request
 * that renewed it was sent; the Lease is good for {@link #LEASE} from after that, so between the last write that is sent and
 * the first moment at which another may begin lie five seconds, and a request under way is answered or refused by then. When
 * the term is over the controller is closed, and the next term begins a new one, with the API's address, authority and token
 * read anew.
 *
 * <p>fabric8's LeaderElector is not used: it compares its own clock with the holder's, and looks at its deadline only between
 * requests, each of which may hang for longer than the Lease is good.
 */
public final class Candidate implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

    /** As kube-controller-manager's: lease duration, renew deadline, retry period. */
    static final Duration LEASE = Duration.ofSeconds(15);

    static final Duration TERM = Duration.ofSeconds(10);
    static final Duration RETRY = Duration.ofSeconds(2);

    /** A try ends well before the term does. */
    private static final Duration REQUEST = Duration.ofSeconds(4);

    /** What a controller begins with, read anew for each term. */
    @FunctionalInterface
    public interface Beginning {
        /**
         * What to work on.
         *
         * @throws IOException if it cannot be read now; it is tried again
         */
        ControllerConfig read() throws IOException;
    }

    private final Beginning beginning;
    private final ControllerMetrics metrics;
    private final LeaderLease lease;
    private final Clients clients = new Clients(Clients.NOTHING);
    private final Thread loop;
    private volatile boolean ended;
    private volatile long round = System.nanoTime();
    private volatile long answered = System.nanoTime() - TERM.toNanos() * 10;
    private volatile @Nullable Term term;
    private @Nullable KubernetesClient client;
    private @Nullable ControllerConfig config;
    private @Nullable Controller controller;
    private @Nullable String lastFailure;

    private Candidate(Beginning beginning, String identity, ControllerMetrics metrics) {
        this.beginning = beginning;
        this.metrics = metrics;
        this.lease = new LeaderLease(identity, LEASE);
        this.loop = Thread.ofPlatform().name("leader-election").unstarted(this::run);
    }

    /**
     * Starts it and returns at once.
     *
     * @param identity tells this process from every other
     * @param metrics told what it does
     */
    public static Candidate start(Beginning beginning, String identity, ControllerMetrics metrics) {
        var candidate = new Candidate(beginning, identity, metrics);
        metrics.leads(candidate::isLeader);
        candidate.loop.start();
        return candidate;
    }

    /** Whether it works at this moment. */
    public boolean isLeader() {
        Term now = term;
        return now != null && !now.isOver();
    }

    /** How long ago the API last answered. */
    public Duration sinceAnswer() {
        return Duration.ofNanos(System.nanoTime() - answered);
    }

    /** How long ago it last looked at the Lease, answered or not. */
    public Duration sinceRound() {
        return Duration.ofNanos(System.nanoTime() - round);
    }

    /** Stops working and lets go of the Lease, so that another takes over at once. */
    @Override
    public void close() {
        ended = true;
        loop.interrupt();
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!ended) {
            turn();
            round = System.nanoTime();
            try {
                long wait = RETRY.toMillis();
                Thread.sleep(wait - ThreadLocalRandom.current().nextLong(wait / 4));
            } catch (InterruptedException _) {
                break; // by close
            }
        }
        boolean wasLeader = isLeader();
        Thread.interrupted(); // what comes now is not to be interrupted any more
        stop();
        KubernetesClient open = client;
        if (wasLeader && open != null) {
            try {
                lease.release(open);
                LOG.info("let go of the Lease; another may take over at once");
            } catch (KubernetesClientException e) {
                LOG.warn("could not let go of the Lease; another takes over in {} s: {}", LEASE.toSeconds(), words(e));
            }
        }
        disconnect();
    }

    private void turn() {
        long sent = System.nanoTime();
        try {
            boolean holds = lease.hold(connect());
            answered = System.nanoTime();
            lastFailure = null;
            if (holds) {
                renewed(sent + TERM.toNanos());
                return;
            }
            if (term != null) {
                LOG.warn("the Lease was taken by {}; this controller stops", lease.holder());
                stop();
            }
        } catch (IOException | RuntimeException e) {
            if (ended) {
                return;
            }
            String failure = words(e);
            if (!failure.equals(lastFailure)) {
                LOG.warn("cannot read or renew the Lease: {}; tried again every {} s", failure, RETRY.toSeconds());
                lastFailure = failure;
            }
            Term now = term;
            if (now == null) {
                disconnect();
            } else if (now.isOver()) {
                LOG.warn(
                        "the Lease could not be renewed for {} s; this controller stops until it can",
                        TERM.toSeconds());
                stop();
                disconnect();
            }
        }
    }

    private void renewed(long end) {
        Term now = term;
        if (now != null && now.isOver()) {
            // Nobody took over, but what was under way when it ended has failed: begin from what there is.
            LOG.warn("the Lease was renewed too late; this controller begins anew");
            stop();
            now = null;
        }
        if (now == null) {
            LOG.info("holds the Lease: this controller works");
            Term begun = new Term(end);
            term = begun;
            ControllerConfig begins = config;
            if (begins != null) {
                controller = Controller.start(begins, begun, metrics);
            }
        } else {
            now.extend(end);
        }
    }

    private void stop() {
        Term now = term;
        if (now != null) {
            now.end();
            term = null;
        }
        Controller running = controller;
        if (running != null) {
            controller = null;
            running.close();
        }
    }

    private KubernetesClient connect() throws IOException {
        KubernetesClient open = client;
        if (open == null) {
            ControllerConfig read = beginning.read();
            open = clients.open(read.management(), REQUEST);
            config = read;
            client = open;
            LOG.info("asks {} for the Lease {}", read.management().url(), Names.CONTROLLER_LEASE);
        }
        return open;
    }

    private void disconnect() {
        KubernetesClient open = client;
        if (open != null) {
            client = null;
            open.close();
        }
    }

    private static String words(Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(e.getMessage());
        String why = String.valueOf(cause.getMessage());
        return message.contains(why) ? message : message + " (" + why + ")";
    }
}
