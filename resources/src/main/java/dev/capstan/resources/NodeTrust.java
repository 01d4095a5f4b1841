package dev.capstan.resources;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code NodeTrust}: one per node, of the node's name. Its spec says what the node shall trust and may do, and is
 * written by the controller alone, but for {@code distrusted}, which is an administrator's; its status says what is, and
 * is written by the node's agent alone.
 */
public final class NodeTrust {

    public static final String KIND = "NodeTrust";
    public static final String PLURAL = "nodetrusts";

    private NodeTrust() {}

    /**
     * What the node shall trust and may do.
     *
     * @param certificateSet fingerprint of the list's set, the name of a CertificateSet; absent where there is no list
     * @param followSecret whether the node takes up the Secret's certificates by itself, as soon as they change
     * @param runtimeRestart whether the runtime may be restarted now, where nothing else lets it see the set
     * @param distrusted identities that leave the node's trust store, even those that its distribution ships; an administrator writes them, and the controller keeps what stands there
     */
    public record Spec(
            @Nullable String certificateSet, boolean followSecret, boolean runtimeRestart, List<String> distrusted) {

        /** More than any distribution ships; an object of Kubernetes holds them easily. */
        public static final int MAX_DISTRUSTED = 1000;

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Spec {
            distrusted = distrusted == null ? List.of() : List.copyOf(distrusted);
        }

        /** A spec that distrusts nothing. */
        public Spec(@Nullable String certificateSet, boolean followSecret, boolean runtimeRestart) {
            this(certificateSet, followSecret, runtimeRestart, List.of());
        }
    }

    /**
     * What is. A level is written only with its evidence at hand.
     *
     * @param observedGeneration generation of the spec that this status answers
     * @param wanted fingerprint of the set the node brings itself to: list and Secret together
     * @param written fingerprint of the set that the trust store holds, read back
     * @param loaded fingerprint of the set that the runtime provably reads; absent where that is not known
     * @param proven fingerprint of the set that a proof succeeded with; absent where there is none
     * @param lane how a change reaches the runtime
     * @param certificates every certificate of the node's set, sorted by identity
     * @param findings what was said of the inputs, errors first
     * @param problem why the node is not where it shall be; absent when it is
     * @param secret the Secret as this node last saw it; absent where it does not follow it or there is none
     * @param agent version of the agent
     * @param lastChange when the level or the set last changed, RFC 3339
     * @param level {@code Written}, {@code Loaded} or {@code Proven}: the highest that the wanted set has reached; absent below
     */
    public record Status(
            long observedGeneration,
            @Nullable String wanted,
            @Nullable String written,
            @Nullable String loaded,
            @Nullable String proven,
            @Nullable Lane lane,
            List<TrustedCertificate> certificates,
            List<StatusFinding> findings,
            @Nullable Problem problem,
            @Nullable SecretSeen secret,
            @Nullable String agent,
            @Nullable String lastChange,
            @Nullable String level) {

        /** A status with the level that follows from its fingerprints; agents build no other. */
        public Status(
                long observedGeneration,
                @Nullable String wanted,
                @Nullable String written,
                @Nullable String loaded,
                @Nullable String proven,
                @Nullable Lane lane,
                List<TrustedCertificate> certificates,
                List<StatusFinding> findings,
                @Nullable Problem problem,
                @Nullable SecretSeen secret,
                @Nullable String agent,
                @Nullable String lastChange) {
            this(
                    observedGeneration,
                    wanted,
                    written,
                    loaded,
                    proven,
                    lane,
                    certificates,
                    findings,
                    problem,
                    secret,
                    agent,
                    lastChange,
                    levelOf(wanted, written, loaded, proven));
        }
    }

    /** Set in the trust store, read back. */
    public static final String WRITTEN = "Written";

    /** The runtime provably reads the set. */
    public static final String LOADED = "Loaded";

    /** A proof with the set succeeded. */
    public static final String PROVEN = "Proven";

    /**
     * The level of the wanted set: a level holds only together with those below it, each with this very fingerprint.
     *
     * @return {@code Written}, {@code Loaded}, {@code Proven}, or null where the wanted set is not even written
     */
    public static @Nullable String levelOf(
            @Nullable String wanted, @Nullable String written, @Nullable String loaded, @Nullable String proven) {
        if (wanted == null || !wanted.equals(written)) {
            return null;
        }
        if (!wanted.equals(loaded)) {
            return WRITTEN;
        }
        return wanted.equals(proven) ? PROVEN : LOADED;
    }

    /**
     * Whether a level is this one or a higher one.
     *
     * @param level what was reached; null where nothing was
     */
    public static boolean isAtLeast(@Nullable String level, String wanted) {
        List<String> rising = List.of(WRITTEN, LOADED, PROVEN);
        return level != null && rising.indexOf(level) >= rising.indexOf(wanted);
    }

    /**
     * The way a change reaches the runtime.
     *
     * @param name {@code Isolated}, {@code Additive}, {@code Restart}, or {@code None} where no runtime was found
     * @param reason why this one, in words
     */
    public record Lane(String name, String reason) {}

    /**
     * A certificate of the node's set.
     *
     * @param subject RFC 2253 name
     * @param sha256 its identity
     * @param notAfter when it expires, RFC 3339
     * @param sources where it came from: {@code list}, {@code secret/KEY}
     */
    public record TrustedCertificate(String subject, String sha256, String notAfter, List<String> sources) {}

    /**
     * A finding of the linter.
     *
     * @param code stable code, such as {@code not-a-ca}
     * @param severity {@code error}, {@code warning} or {@code note}
     * @param source {@code list} or {@code secret/KEY}
     * @param message what is the matter
     * @param fix what to do about it
     */
    public record StatusFinding(String code, String severity, String source, String message, String fix) {}

    /**
     * Why the node is not where it shall be.
     *
     * @param reason one word: {@code StoreFailed}, {@code RuntimeStale}, {@code RuntimeUnknown}, {@code SecretUnknown}, {@code Unsupported}, {@code CertificateSetMissing}
     * @param message what happened, where, why, what to do
     */
    public record Problem(String reason, String message) {}

    /**
     * The Secret as a node saw it.
     *
     * @param uid the Secret's UID
     * @param resourceVersion the Secret's resourceVersion
     */
    public record SecretSeen(String uid, String resourceVersion) {}
}
