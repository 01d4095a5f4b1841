package dev.capstan.agent.proof;

import dev.capstan.proof.Endpoint;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proofs of this node's trust: rounds as {@link ProofSchedule} has them, one at a time, each in a process of its own;
 * what is known from them; and what of it is told.
 *
 * <p>What is told changes when an outcome, a reason or a chain does. That the same was found again is told at most once in
 * {@value #REFRESH_MINUTES} minutes: a fleet that proves itself every ten minutes writes no status for it.
 *
 * <p>For one thread, the loop's; a round has its own and hands over what it found.
 */
public final class Proofs implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final int REFRESH_MINUTES = 60;

    /** What a process may take to begin and to end, beside its endpoints. */
    private static final Duration ASIDE = Duration.ofSeconds(15);

    /** How many endpoints the process asks at a time, as it says of itself; more of them take that much longer. */
    private static final int AT_ONCE = 4;

    /** Of an endpoint that is refuted, and of several. */
    private static final int NAMED = 3;

    private final Prover prover;
    private final Consumer<Round> ended;
    private final InstantSource clock;
    private final ProofSchedule schedule;
    private final Evidence evidence = new Evidence();
    private Probes probes = Probes.NONE;
    private @Nullable Subject subject;
    private @Nullable Thread running;
    private @Nullable TrustProof told;

    /**
     * A round that has ended.
     *
     * @param subject what was proven
     * @param whole whether every endpoint was asked
     * @param results what was found; empty where it was broken off
     */
    public record Round(Subject subject, boolean whole, List<ProofResult> results) {}

    /**
     * Proofs of nothing yet.
     *
     * @param ended called at the end of each round, on the round's thread
     * @param chance draws from 0 up to 1
     */
    public Proofs(Prover prover, Consumer<Round> ended, InstantSource clock, DoubleSupplier chance) {
        this.prover = prover;
        this.ended = ended;
        this.clock = clock;
        this.schedule = new ProofSchedule(chance);
    }

    /** Takes up what an earlier life of the agent told, once, before anything else is known. */
    public void restore(@Nullable TrustProof before) {
        told = before;
        evidence.restore(before == null ? List.of() : before.endpoints());
    }

    /** Takes what is named to be proven from now on. */
    public void name(Probes named) {
        probes = named;
        evidence.keep(texts());
        if (named.endpoints().isEmpty()) {
            told = null;
        }
    }

    /** What is named to be proven. */
    public Probes probes() {
        return probes;
    }

    /**
     * Takes what there is to prove now; absent where nothing can be proven.
     *
     * @param spread within how many seconds of a change its first round begins; absent for a small cluster
     */
    public void about(@Nullable Subject now, @Nullable Integer spread) {
        if (Objects.equals(now, subject)) {
            return;
        }
        subject = now;
        breakOff();
        if (now == null) {
            schedule.rest();
        } else {
            schedule.changed(System.nanoTime(), spread == null ? ProofSchedule.SMALL_SPREAD_SECONDS : spread);
        }
    }

    /** When {@link #begin} has something to do; {@link Long#MAX_VALUE} where it never has. */
    public long due() {
        return running == null ? schedule.due() : ProofSchedule.NEVER;
    }

    /** Begins the round that is due, if one is. */
    public void begin() {
        Subject now = subject;
        if (now == null || due() == ProofSchedule.NEVER || System.nanoTime() < due()) {
            return;
        }
        boolean whole = schedule.isWhole();
        List<Endpoint> asked = now.endpoints().stream()
                .filter(endpoint -> whole || !evidence.isSettled(endpoint.text(), now.fingerprint()))
                .toList();
        running = Thread.ofPlatform().name("proof").daemon().start(() -> ended.accept(round(now, whole, asked)));
    }

    private Round round(Subject now, boolean whole, List<Endpoint> asked) {
        try {
            int turns = (asked.size() + AT_ONCE - 1) / AT_ONCE;
            List<ProofResult> results = prover.prove(
                    new ProofRequest(asked, now.anchors(), now.socket(), now.proxies(), ProofRequest.USUAL_LIMIT),
                    ASIDE.plus(ProofRequest.USUAL_LIMIT.multipliedBy(turns)));
            return new Round(now, whole, results);
        } catch (InterruptedException brokenOff) {
            return new Round(now, whole, List.of());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "a fault of the proofs; trying again", fault);
            return new Round(now, whole, List.of());
        }
    }

    /**
     * Takes the end of a round.
     *
     * @return whether there is something new to tell
     */
    public boolean take(Round round) {
        running = null;
        Subject now = subject;
        if (now == null || !round.subject().equals(now)) {
            // What was found is about something that is no more; what there is now has its time already.
            return false;
        }
        evidence.take(now.fingerprint(), round.results());
        List<String> texts = texts();
        schedule.ended(
                System.nanoTime(),
                round.whole(),
                texts.stream().allMatch(text -> evidence.isSettled(text, now.fingerprint())));
        TrustProof found = new TrustProof(
                outcome(now.fingerprint(), texts),
                now.fingerprint(),
                Evidence.time(clock.instant()),
                evidence.of(texts));
        if (isNews(found)) {
            log(found);
            told = found;
            return true;
        }
        return false;
    }

    private String outcome(String fingerprint, List<String> texts) {
        if (texts.stream().anyMatch(text -> evidence.is(TrustProof.REFUTED, text, fingerprint))) {
            return TrustProof.REFUTED;
        }
        return fingerprint.equals(evidence.proven(texts)) ? TrustProof.PROVEN : TrustProof.INCONCLUSIVE;
    }

    private boolean isNews(TrustProof found) {
        TrustProof before = told;
        if (before == null || !essence(before).equals(essence(found))) {
            return true;
        }
        return Instant.parse(before.at()).plusSeconds(REFRESH_MINUTES * 60L).isBefore(clock.instant());
    }

    /** Without what differs from one time to the next where nothing has changed: times, and the words of one try. */
    private static List<Object> essence(TrustProof proof) {
        return List.of(
                proof.outcome(),
                proof.fingerprint(),
                proof.endpoints().stream()
                        .map(endpoint -> List.of(
                                endpoint.endpoint(),
                                endpoint.outcome(),
                                endpoint.reason(),
                                endpoint.fingerprint(),
                                String.valueOf(endpoint.anchor()),
                                endpoint.chain(),
                                endpoint.lastTry() == null
                                        ? ""
                                        : endpoint.lastTry().reason()))
                        .toList());
    }

    private static void log(TrustProof found) {
        for (TrustProof.Endpoint endpoint : found.endpoints()) {
            TrustProof.Try last = endpoint.lastTry();
            LOG.log(
                    endpoint.outcome().equals(TrustProof.REFUTED) ? Level.WARNING : Level.INFO,
                    endpoint.endpoint() + ": " + endpoint.outcome() + ", " + endpoint.reason() + ": "
                            + endpoint.message()
                            + (last == null ? "" : "; last tried " + last.reason() + ": " + last.message()));
        }
    }

    /** What is to be told; absent where no endpoint is named, and before the first round has ended. */
    public @Nullable TrustProof told() {
        return told;
    }

    /** The set with which every endpoint is proven; absent where there is none. */
    public @Nullable String proven() {
        return evidence.proven(texts());
    }

    /** Says which endpoints are refuted with this set; absent where none is. */
    public NodeTrust.@Nullable Problem refuted(String wanted) {
        List<TrustProof.Endpoint> refuted = evidence.of(texts()).stream()
                .filter(endpoint -> evidence.is(TrustProof.REFUTED, endpoint.endpoint(), wanted))
                .toList();
        if (refuted.isEmpty()) {
            return null;
        }
        String words = refuted.stream().limit(NAMED).map(Proofs::words).collect(Collectors.joining("; "));
        return new NodeTrust.Problem(
                TrustProof.REFUTED,
                refuted.size() > NAMED ? words + "; and " + (refuted.size() - NAMED) + " more" : words);
    }

    private static String words(TrustProof.Endpoint endpoint) {
        String chain = endpoint.chain().stream()
                .map(certificate -> certificate.subject() + " (issued by " + certificate.issuer() + ", sha256 "
                        + certificate.sha256() + ")")
                .collect(Collectors.joining(" <- "));
        return endpoint.endpoint() + ": " + endpoint.reason() + ": " + endpoint.message()
                + (chain.isEmpty() ? "" : " The server sent: " + chain);
    }

    private List<String> texts() {
        return probes.endpoints().stream().map(Endpoint::text).toList();
    }

    private void breakOff() {
        Thread round = running;
        if (round != null) {
            round.interrupt();
        }
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        breakOff();
    }
}
