package dev.capstan.agent;

import dev.capstan.agent.api.Api;
import dev.capstan.agent.api.Backoff;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.SecretObject;
import dev.capstan.agent.api.Token;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.api.Watch;
import dev.capstan.agent.disk.ClusterPin;
import dev.capstan.certificates.CertificateReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The loop of one node: whenever a source changes, brings the node to list and Secret together and says so.
 *
 * <p>Before any contact the last good set is applied. Then, round by round: take the newest of what the watches saw; get
 * the list's set; record the set; bring the store and the runtime to it; measure; report. What fails is tried again with
 * {@link Backoff}, and each part alone: a status that cannot be written does not touch the store again. Between rounds the
 * node is looked at as soon as {@link StoreWatch} says that something changed in its trust store, and every
 * {@value #LOOK_MILLIS} ms for what that does not see, and brought back where it drifted.
 *
 * <p>Threads: this loop's, one per watch (the Secret's only while it is followed), one for the heartbeat, two for the
 * trust store's.
 */
final class NodeLoop {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final long LOOK_MILLIS = 10_000;

    /** Every so many looks go deep whatever the stamps say, for what they do not cover: ten minutes. */
    private static final int DEEP_LOOK = 60;

    /** How often a change of a store that fails is followed at once before it is taken for our own. */
    private static final int FOLLOWED = 5;

    private static final long NEVER = Long.MAX_VALUE;

    /** How long a report waits for the Secret after the NodeTrust was seen, so that one report says it all. */
    private static final long PATIENCE_NANOS = 10 * 1_000_000_000L;

    private final Settings settings;
    private final long lookMillis;
    private final Path proc;
    private final LastGood lastGood;
    private final Node node;
    private final Api api;
    private final Requests requests;
    private final Heartbeat heartbeat;
    private final Inbox inbox = new Inbox();
    private final Sources sources;
    private final Reporter reporter;
    private final Watch<TrustObject> trustWatch;
    private final StoreWatch storeWatch = new StoreWatch(inbox::touched);
    private @Nullable Watch<SecretObject> secretWatch;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Measured measured = Measured.NOTHING;
    private @Nullable NodeSet recorded;
    private @Nullable Stamps stamps;
    private boolean bringDue;
    private boolean reportDue;
    private boolean tidy = true;
    private boolean lookAgain;
    private int followed;
    private long looks;
    private long nextLook;
    private long patience = NEVER;
    private long retryAt = NEVER;

    NodeLoop(Settings settings, Path proc, InstantSource clock, @Nullable String version) {
        this(settings, proc, clock, version, LOOK_MILLIS);
    }

    /** A loop that looks at the node at another pace, for tests. */
    NodeLoop(Settings settings, Path proc, InstantSource clock, @Nullable String version, long lookMillis) {
        this.lookMillis = lookMillis;
        this.nextLook = later(lookMillis);
        CertificateReader reader = new CertificateReader(clock);
        Token token = new Token(settings.token());
        this.settings = settings;
        this.proc = proc;
        this.lastGood = new LastGood(settings.folder(), reader);
        this.node = new Node(settings, proc);
        this.api = new Api(
                settings.server(),
                settings.certificateAuthority(),
                token,
                new ClusterPin(settings.folder().resolve("cluster-uid")));
        this.requests = new Requests(api, settings.node(), token);
        this.heartbeat = new Heartbeat(requests, token, clock);
        this.sources = new Sources(requests, reader, this::follow);
        this.reporter = new Reporter(requests, clock, version);
        this.trustWatch = Watch.ofNodeTrust(api, settings.node(), inbox::trust);
    }

    /** Runs until {@link #stop}. */
    void run() {
        try {
            holdLastGood();
            trustWatch.start();
            heartbeat.start();
            while (!inbox.stopped()) {
                turn();
            }
        } catch (InterruptedException asked) {
            LOG.log(Level.INFO, "interrupted");
        } finally {
            LOG.log(Level.INFO, "stopping");
            trustWatch.close();
            follow(false);
            storeWatch.close();
            heartbeat.close();
            requests.close();
            ended.countDown();
        }
    }

    /**
     * Ends the loop, from another thread: what waits is woken, what is being written is finished.
     *
     * @return whether it has ended within this time
     */
    boolean stop(long millis) {
        inbox.stop();
        requests.close();
        try {
            return ended.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException asked) {
            return false;
        }
    }

    private void holdLastGood() {
        switch (lastGood.read()) {
            case LastGood.Content.Good(NodeSet set) -> {
                sources.hold(set);
                recorded = set;
                bring();
                LOG.log(Level.INFO, "holding the last good set: " + set);
            }
            case LastGood.Content.Missing missing ->
                LOG.log(Level.INFO, "no last good set: the trust store stays as it is until the API tells one");
            case LastGood.Content.Damaged(String words) -> LOG.log(Level.ERROR, words);
        }
    }

    private void turn() throws InterruptedException {
        Inbox.News news = inbox.take(Math.min(nextLook, retryAt));
        if (inbox.stopped() || isEcho(news)) {
            return;
        }
        try {
            if (sources.take(news)) {
                bringDue = true;
            }
            if (news.touched()) {
                lookDeep();
            } else if (System.nanoTime() >= nextLook) {
                look();
            }
            if (bringDue || reportDue) {
                round();
            }
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "a fault of the agent; trying again", fault);
            bringDue = true;
            retryAt = later(backoff.afterRefusal());
        }
    }

    /**
     * Whether there is no news but a change of the store while the store cannot be brought to its set. Somebody else may
     * be at work on it, and is followed at once for {@value #FOLLOWED} times; or it is the trace of our own failing try,
     * and the next one has its time already.
     */
    private boolean isEcho(Inbox.News news) {
        if (measured.store() == null) {
            followed = 0;
            return false;
        }
        boolean touchedAlone = news.touched() && news.trust() == null && news.secret() == null;
        return touchedAlone && System.nanoTime() < Math.min(nextLook, retryAt) && ++followed > FOLLOWED;
    }

    private void look() {
        nextLook = later(lookMillis);
        looks++;
        if (lookAgain || looks % DEEP_LOOK == 0 || (stamps != null && !stamps.same())) {
            lookDeep();
        }
    }

    private void lookDeep() {
        recorded = null;
        bringDue = true;
    }

    private void round() {
        if (bringDue) {
            boolean resolved = sources.resolveList();
            boolean brought = bring();
            bringDue = !(resolved && brought);
            reportDue = true;
        }
        TrustObject trust = sources.trust();
        boolean contact = trust != null;
        if (trust != null && reportDue) {
            reportDue = !worthReporting() || !reporter.report(trust, sources, measured);
        }
        if (bringDue || (reportDue && contact)) {
            retryAt = later(backoff.afterFailure());
        } else {
            retryAt = NEVER;
            backoff.reset();
            tidyUp(contact);
        }
    }

    /** Whether a report now would not be overtaken at once by what the Secret's first sighting brings. */
    private boolean worthReporting() {
        if (sources.complete()) {
            patience = NEVER;
            return true;
        }
        if (patience == NEVER) {
            patience = System.nanoTime() + PATIENCE_NANOS;
        }
        return System.nanoTime() >= patience;
    }

    private static long later(long millis) {
        return System.nanoTime() + millis * 1_000_000L;
    }

    /** Records the set and brings the node to it; answers whether that needs no second try. */
    private boolean bring() {
        NodeSet wanted = sources.wanted();
        if (wanted == null) {
            return true;
        }
        Measured before = measured;
        if (recorded == null || !wanted.equals(recorded)) {
            try {
                lastGood.record(wanted);
                recorded = wanted;
            } catch (IOException failed) {
                String words = "the set could not be recorded in " + settings.folder() + ", so nothing was changed: "
                        + failed + ". Make the disk writable; the agent tries again by itself";
                measured = before.unrecorded(words);
                log(before, wanted);
                return false;
            }
        }
        // Both before the node is looked at: whatever happens from here on wakes the loop, or makes the next look go
        // deeper.
        Set<Path> folders = node.watched();
        storeWatch.watch(folders);
        stamps = new Stamps(settings.root(), proc, wanted.certificates(), folders, before.process());
        measured = node.bring(wanted.wanted());
        lookAgain = measured.changed() || !Objects.equals(measured.process(), before.process());
        tidy |= measured.changed();
        log(before, wanted);
        return measured.settled();
    }

    private void log(Measured before, NodeSet wanted) {
        if (measured.changed()) {
            boolean repaired = wanted.wanted().fingerprint().toString().equals(before.written());
            LOG.log(
                    repaired ? Level.WARNING : Level.INFO,
                    (repaired ? "something else had changed the node; repaired: " : "the node holds ") + wanted
                            + ", loaded " + measured.loaded() + ", " + Reporter.errors(sources.findings())
                            + " inputs left out");
        }
        if (measured.store() != null && !measured.store().equals(before.store())) {
            LOG.log(
                    Level.ERROR,
                    measured.store().reason() + ": " + measured.store().message());
        }
        if (measured.runtime() != null && !measured.runtime().equals(before.runtime())) {
            LOG.log(
                    Level.WARNING,
                    measured.runtime().reason() + ": " + measured.runtime().message());
        }
    }

    /** After start and after each change the heap is given back at once: the next change may be a month away. */
    private void tidyUp(boolean contact) {
        if (tidy && contact) {
            tidy = false;
            System.gc();
        }
    }

    private void follow(boolean wanted) {
        Watch<SecretObject> running = secretWatch;
        if (wanted && running == null) {
            Watch<SecretObject> begun = Watch.ofSecret(api, inbox::secret);
            secretWatch = begun;
            begun.start();
        } else if (!wanted && running != null) {
            running.close();
            inbox.dropSecret();
            secretWatch = null;
        }
    }
}
