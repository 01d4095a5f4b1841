package dev.capstan.agent;

import dev.capstan.agent.api.Api;
import dev.capstan.agent.api.ApiAway;
import dev.capstan.agent.api.Backoff;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.SecretObject;
import dev.capstan.agent.api.Token;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.api.Watch;
import dev.capstan.agent.disk.ClusterPin;
import dev.capstan.agent.proof.Prover;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.proof.ProofProcess;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
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
 * node is looked at as soon as {@link StoreWatch} says that something changed in its trust store or in what its runtime's
 * lane rests on, and every {@value #LOOK_MILLIS} ms for what that does not see, and brought back where it drifted.
 *
 * <p>A runtime that is stale is restarted where the NodeTrust permits it: what was heard last has to, and what the API says
 * right before. A set that the runtime has loaded is proven: {@link NodeProofs} says when, and what it finds is one more report.
 * So are host directories that do not read it, which decides whether they are in the way.
 *
 * <p>Threads: this loop's, one per watch (the Secret's only while it is followed), one for the heartbeat, two for the
 * trust store's, one for a round of proofs while there is one.
 */
final class NodeLoop {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final long LOOK_MILLIS = 10_000;

    /** A restart whose time has come and that may not be begun yet is not asked about more often. */
    private static final long RESTART_PATIENCE_MILLIS = 5_000;

    private static final long NEVER = Long.MAX_VALUE;

    /** What comes of the API so soon after a change of the node is gathered: a first is taken at once, of a burst two a second. */
    private static final long GATHER_MILLIS = 500;

    /** Longer than from one round to the one that its own writes bring about. */
    private static final long QUIET_MILLIS = 2_000;

    /** How long a report waits for the Secret after the NodeTrust was seen, so that one report says it all. */
    private static final long PATIENCE_NANOS = 10 * 1_000_000_000L;

    private final Settings settings;
    private final LastGood lastGood;
    private final Node node;
    private final Api api;
    private final Requests requests;
    private final Heartbeat heartbeat;
    private final Inbox inbox = new Inbox();
    private final Sources sources;
    private final Reporter reporter;
    private final NodeProofs proofs;
    private final Looks looks;
    private final Drift drift;
    private final Journal journal = new Journal();
    private final RestartPermission permission;
    private final Watch<TrustObject> trustWatch;
    private final StoreWatch storeWatch = new StoreWatch(inbox::touched);
    private @Nullable Watch<SecretObject> secretWatch;
    private final Backoff backoff = Backoff.onNode();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Measured measured = Measured.NOTHING;
    private @Nullable NodeSet recorded;
    private boolean bringDue;
    private boolean reportDue;
    private long patience = NEVER;
    private long retryAt = NEVER;
    private long restartAt = NEVER;
    private long tidyAt = NEVER;
    private long gatherUntil = System.nanoTime();

    NodeLoop(Settings settings, Path proc, InstantSource clock, @Nullable String version) {
        this(settings, proc, clock, version, LOOK_MILLIS, ProofProcess::run);
    }

    /** A loop that looks at the node at another pace and has it proven by somebody else, for tests. */
    NodeLoop(
            Settings settings,
            Path proc,
            InstantSource clock,
            @Nullable String version,
            long lookMillis,
            Prover prover) {
        this.looks = new Looks(lookMillis, settings.root(), proc);
        CertificateReader reader = new CertificateReader(clock);
        Token token = settings.token();
        this.settings = settings;
        this.lastGood = new LastGood(settings.folder(), reader);
        this.proofs = new NodeProofs(settings.folder(), prover, inbox, clock);
        this.drift = new Drift(settings.folder(), clock);
        this.node = new Node(settings, proc, clock, proofs.directories());
        this.api = new Api(
                settings.server(),
                settings.certificateAuthority(),
                token,
                new ClusterPin(settings.folder().resolve("cluster-uid")));
        this.requests = new Requests(api, settings.node(), token);
        this.heartbeat = new Heartbeat(requests, token, clock);
        this.sources = new Sources(requests, reader, this::follow);
        this.permission = new RestartPermission(sources, requests);
        this.reporter = new Reporter(requests, clock, version);
        this.trustWatch = Watch.ofNodeTrust(
                api, settings.node(), new ApiAway(settings.folder().resolve("api-away"), clock), inbox::trust);
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
            proofs.close();
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
        long due = Math.min(Math.min(retryAt, restartAt), Math.min(proofs.due(), tidyAt));
        Inbox.News news = inbox.take(Math.min(looks.next(), due), gatherUntil);
        if (inbox.stopped() || looks.isEcho(measured.store() != null, news.isTouchAlone(), retryAt)) {
            return;
        }
        try {
            if (sources.take(news)) {
                bringDue = true;
            }
            if (news.round() != null && proofs.endpoints().take(news.round())) {
                reportDue = true;
            }
            if (news.directories() != null && proofs.directories().take(news.directories())) {
                bringDue = true;
            }
            if (news.touched() || looks.take()) {
                recorded = null;
                bringDue = true;
            }
            if (System.nanoTime() >= restartAt) {
                bringDue = true;
            }
            if (drift.isDue()) {
                reportDue = true;
            }
            if (bringDue || reportDue) {
                round();
            }
            proofs.begin();
            tidyUp(news.isNothing());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "a fault of the agent; trying again", fault);
            bringDue = true;
            retryAt = later(backoff.afterRefusal());
        }
    }

    private void round() {
        if (bringDue) {
            boolean resolved = sources.resolveList();
            obeyOfDirectories();
            boolean brought = bring();
            if (restartRuntime()) {
                brought = bring();
            }
            bringDue = !(resolved && brought) || permission.isUnknown();
            reportDue = true;
        }
        proofs.about(sources, node, measured);
        TrustObject trust = sources.trust();
        boolean contact = trust != null;
        if (trust != null && reportDue) {
            reportDue = !worthReporting()
                    || !reporter.report(trust, sources, measured, proofs.endpoints(), drift.telling());
        }
        if (bringDue || (reportDue && contact)) {
            retryAt = later(backoff.afterFailure());
        } else {
            retryAt = NEVER;
            backoff.reset();
        }
        tidyAt = later(QUIET_MILLIS);
    }

    private void obeyOfDirectories() {
        TrustObject trust = sources.trust();
        if (trust != null) {
            proofs.directories().spread(trust.spec().proofSpreadSeconds());
            node.joinHostDirectories(trust.joins());
        }
    }

    /** Restarts a runtime that is stale, where that is permitted; answers whether it has to be measured again. */
    private boolean restartRuntime() {
        NodeSet wanted = sources.wanted();
        restartAt = NEVER;
        if (wanted == null || !permission.isHeard()) {
            return false;
        }
        boolean tried = node.restartRuntime(wanted.wanted(), measured, permission);
        long again = node.restartDueInMillis(wanted.wanted(), measured);
        restartAt = again == NEVER ? NEVER : later(Math.max(RESTART_PATIENCE_MILLIS, again));
        return tried;
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
                journal.tell(before, measured, false, wanted, sources);
                return false;
            }
        }
        // Both before the node is looked at: whatever happens from here on wakes the loop, or makes the next look go
        // deeper.
        Set<Path> folders = node.watched();
        storeWatch.watch(folders);
        looks.before(wanted.wanted(), folders);
        measured = node.bring(wanted.wanted(), permission.isHeard());
        sources.trustedAnyway(node.trustedAnyway(wanted.wanted()));
        looks.after(measured);
        if (measured.changed()) {
            gatherUntil = later(GATHER_MILLIS);
        }
        boolean healed = drift.found(measured, wanted.wanted().fingerprint().toString());
        journal.tell(before, measured, healed, wanted, sources);
        return measured.settled();
    }

    /**
     * Gives the heap back once all is quiet after a start or a change: the next may be a month away. Not before, since what
     * is written is seen by our own watches, and the round that follows would leave its litter.
     */
    private void tidyUp(boolean nothingNew) {
        if (!nothingNew) {
            tidyAt = later(QUIET_MILLIS);
        } else if (System.nanoTime() >= tidyAt) {
            tidyAt = NEVER;
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
