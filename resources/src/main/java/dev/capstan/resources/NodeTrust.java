package dev.capstan.resources;

import java.util.List;
import java.util.Objects;
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
     * @param secretFingerprint fingerprint of what the Secret shall be for the node to take it up: while the Secret is anything else, the node keeps the part of it that it has; absent where nothing is waited for
     * @param probes endpoints that prove the node's trust, beside those of the Secret's annotation {@code capstan.dev/probe}: {@code registry.corp:443}, {@code https://host/path}, or an image reference
     * @param proofSpreadSeconds within how many seconds after a change the node begins its proof, at a moment of its own, so that the nodes of a large cluster do not ask a registry all at once; absent for a cluster that is small
     * @param nodeUid UID of the Node that all this was said of, where a kubelet registered it: another Node of the same name has to be spoken of anew, and what the status answers of the one before it does not count; absent where the name alone tells a machine
     */
    public record Spec(
            @Nullable String certificateSet,
            boolean followSecret,
            boolean runtimeRestart,
            List<String> distrusted,
            @Nullable String secretFingerprint,
            List<String> probes,
            @Nullable Integer proofSpreadSeconds,
            @Nullable String nodeUid) {

        /** More than any distribution ships; an object of Kubernetes holds them easily. */
        public static final int MAX_DISTRUSTED = 1000;

        /** Each is a connection from every node, again and again. */
        public static final int MAX_PROBES = 20;

        /** Longer than a host name and an image's path together may be. */
        public static final int MAX_PROBE_LENGTH = 512;

        /** An hour: a change that takes longer to prove itself is forgotten before it does. */
        public static final int MAX_PROOF_SPREAD = 3600;

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Spec {
            distrusted = distrusted == null ? List.of() : List.copyOf(distrusted);
            probes = probes == null ? List.of() : List.copyOf(probes);
        }

        /** Whether the same node shall trust the same: what it may do, and what proves it, may differ. */
        public boolean asksForTheSame(Spec other) {
            return followSecret == other.followSecret
                    && Objects.equals(certificateSet, other.certificateSet)
                    && Objects.equals(secretFingerprint, other.secretFingerprint)
                    && distrusted.equals(other.distrusted)
                    && Objects.equals(nodeUid, other.nodeUid);
        }

        /** A spec without probes, that takes the Secret as it is. */
        public Spec(
                @Nullable String certificateSet,
                boolean followSecret,
                boolean runtimeRestart,
                List<String> distrusted) {
            this(certificateSet, followSecret, runtimeRestart, distrusted, null, List.of(), null, null);
        }

        /** A spec that distrusts nothing either. */
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
     * @param proven fingerprint of the set with which every endpoint's last definite outcome is {@code Proven}; absent where there is none
     * @param lane how a change reaches the runtime
     * @param certificates every certificate of the node's set, sorted by identity
     * @param findings what was said of the inputs, errors first
     * @param problem why the node is not where it shall be; absent when it is
     * @param secret the Secret as this node last saw it; absent where it does not follow it or there is none
     * @param agent version of the agent
     * @param lastChange when the level or the set last changed, RFC 3339
     * @param level {@code Written}, {@code Loaded} or {@code Proven}: the highest that the wanted set has reached; absent below
     * @param proof what the last round of proofs found; absent where no endpoint is named
     * @param runtime the container runtime's process and what it may not know of; absent where none runs
     * @param drift how often somebody else changed what the agent keeps on the node; absent where nobody ever did
     * @param set the wanted set in short, for people: the beginning of its fingerprint and how many certificates are in it
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
            @Nullable String level,
            @Nullable TrustProof proof,
            @Nullable NodeRuntime runtime,
            @Nullable Drift drift,
            @Nullable String set) {

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Status {
            certificates = certificates == null ? List.of() : List.copyOf(certificates);
            findings = findings == null ? List.of() : List.copyOf(findings);
        }

        /** A status with the level that follows from its fingerprints, of a node that never drifted; agents build no other. */
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
                @Nullable String lastChange,
                @Nullable TrustProof proof,
                @Nullable NodeRuntime runtime) {
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
                    levelOf(wanted, written, loaded, proven),
                    proof,
                    runtime,
                    null,
                    inShort(wanted, certificates.size()));
        }

        /** A status of a node without endpoints whose runtime is not known. */
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
                    null,
                    null);
        }

        /** The same, of a node that drifted like this. */
        public Status drifted(@Nullable Drift how) {
            return new Status(
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
                    level,
                    proof,
                    runtime,
                    how,
                    set);
        }
    }

    /** Enough of a fingerprint to tell two sets apart. */
    private static final int SHORT = 15;

    private static @Nullable String inShort(@Nullable String wanted, int certificates) {
        return wanted == null
                ? null
                : wanted.substring(0, Math.min(wanted.length(), SHORT)) + " (" + certificates + ")";
    }

    /** Set in the trust store, read back. */
    public static final String WRITTEN = "Written";

    /** The runtime provably reads the set. */
    public static final String LOADED = "Loaded";

    /** A proof with the set succeeded. */
    public static final String PROVEN = "Proven";

    /** The levels, rising. */
    public static final List<String> LEVELS = List.of(WRITTEN, LOADED, PROVEN);

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
        return level != null && LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
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
    public record TrustedCertificate(String subject, String sha256, String notAfter, List<String> sources) {

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public TrustedCertificate {
            sources = sources == null ? List.of() : List.copyOf(sources);
        }

        /** Whether the node has it from the Secret and from nowhere else. */
        public boolean isOfSecretAlone() {
            return !sources.isEmpty() && sources.stream().allMatch(source -> source.startsWith(SECRET_SOURCE));
        }

        /** Whether the node has it from the Secret, and perhaps from the list too. */
        public boolean isOfSecret() {
            return sources.stream().anyMatch(source -> source.startsWith(SECRET_SOURCE));
        }
    }

    /** What the name of a source that is a key of the Secret begins with. */
    public static final String SECRET_SOURCE = "secret/";

    /**
     * A finding of the linter.
     *
     * @param code stable code, such as {@code not-a-ca}
     * @param severity {@code error}, {@code warning} or {@code note}
     * @param source {@code list}, {@code secret/KEY}, or the field or annotation it stands in
     * @param message what is the matter
     * @param fix what to do about it
     */
    public record StatusFinding(String code, String severity, String source, String message, String fix) {}

    /**
     * Why the node is not where it shall be.
     *
     * @param reason one word: {@code StoreFailed}, {@code RuntimeStale}, {@code RuntimeUnknown}, {@code SecretUnknown}, {@code Unsupported}, {@code CertificateSetMissing}, {@code Refuted}
     * @param message what happened, where, why, what to do
     */
    public record Problem(String reason, String message) {

        /** The trust store could not be brought to the set. */
        public static final String STORE_FAILED = "StoreFailed";

        /** The runtime has to be restarted before it trusts what it shall, and no more. */
        public static final String RUNTIME_STALE = "RuntimeStale";

        /** What the runtime has loaded could not be found out. */
        public static final String RUNTIME_UNKNOWN = "RuntimeUnknown";

        /** The Secret could not be read. */
        public static final String SECRET_UNKNOWN = "SecretUnknown";

        /** The list that the node shall have is not there. */
        public static final String CERTIFICATE_SET_MISSING = "CertificateSetMissing";

        /** Capstan cannot serve the node. */
        public static final String UNSUPPORTED = "Unsupported";

        /** Every one that agents give. */
        public static final List<String> REASONS = List.of(
                STORE_FAILED,
                RUNTIME_STALE,
                RUNTIME_UNKNOWN,
                SECRET_UNKNOWN,
                CERTIFICATE_SET_MISSING,
                UNSUPPORTED,
                TrustProof.REFUTED);
    }

    /**
     * The Secret as a node saw it.
     *
     * @param uid the Secret's UID
     * @param resourceVersion the Secret's resourceVersion
     */
    public record SecretSeen(String uid, String resourceVersion) {}

    /**
     * That somebody else changed what the agent keeps on the node, and the agent put it right.
     *
     * @param healed how often that happened in the node's life
     * @param last when it last did, RFC 3339
     * @param what what was found then and put right, in words
     */
    public record Drift(long healed, String last, String what) {}
}
