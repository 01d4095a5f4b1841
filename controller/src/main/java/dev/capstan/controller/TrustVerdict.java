package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A NodeTrust's status as the Node condition {@code CustomCATrusted}: True from level {@code Loaded} on, its reason the
 * level, or {@code Quarantined} if something was left out; False below that, for every problem, and where nothing was
 * asked for; Unknown while the agent is silent. A status that answers an older spec says nothing of this one.
 */
final class TrustVerdict {

    /** Nothing was asked for and nothing is there. */
    static final String NOT_ENABLED = "NotEnabled";

    /** Asked for, and not yet in the store. */
    static final String PENDING = "Pending";

    /** The agent is not heard of. */
    static final String AGENT_SILENT = "AgentSilent";

    /** Loaded or better, but for what was left out. */
    static final String QUARANTINED = "Quarantined";

    /** Every reason that the condition may have: docs/monitoring.md explains them. */
    static final Set<String> REASONS = Stream.of(
                    List.of(NOT_ENABLED, PENDING, AGENT_SILENT, QUARANTINED),
                    NodeTrust.LEVELS,
                    NodeTrust.Problem.REASONS)
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());

    private static final String SECRET = Names.SECRET_NAMESPACE + "/" + Names.SECRET_NAME;
    private static final String ERROR = "error";
    private static final int NAMED_AT_MOST = 5;

    private TrustVerdict() {}

    /**
     * What the condition says.
     *
     * @param generation of the NodeTrust since which it asks for the same
     * @param kind what the node's machine is made of
     * @param runs whether the node's machine runs, as far as that is known
     * @param secretExists whether the user's Secret exists
     * @param notes what the controller itself has to say of the node; added to what its agent says
     */
    static Verdict of(
            long generation,
            NodeTrust.Spec spec,
            NodeTrust.@Nullable Status status,
            Machine.Kind kind,
            boolean runs,
            AgentContact contact,
            boolean secretExists,
            List<String> notes) {
        Verdict said = of(generation, spec, status, kind, runs, contact, secretExists);
        return notes.isEmpty() || said.status().equals("Unknown")
                ? said
                : new Verdict(said.status(), said.reason(), said.message() + "; " + String.join("; ", notes));
    }

    private static Verdict of(
            long generation,
            NodeTrust.Spec spec,
            NodeTrust.@Nullable Status status,
            Machine.Kind kind,
            boolean runs,
            AgentContact contact,
            boolean secretExists) {
        if (!runs) {
            return Verdict.unknown(AGENT_SILENT, "the machine does not run");
        }
        if (contact instanceof AgentContact.Silent silent) {
            return Verdict.unknown(
                    AGENT_SILENT, "the agent has not renewed its Lease since " + silent.since() + lastKnown(status));
        }
        if (contact instanceof AgentContact.Never) {
            return Verdict.unknown(AGENT_SILENT, "no agent has reported on this node yet");
        }
        if (status == null || status.observedGeneration() < generation) {
            return Verdict.no(PENDING, "the agent has not yet answered what this node shall trust now");
        }
        NodeTrust.Problem problem = status.problem();
        if (problem != null) {
            return Verdict.no(problem.reason(), problem.message());
        }
        String level = NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        boolean asked = spec.followSecret() || spec.certificateSet() != null;
        if (!asked && NodeTrust.isAtLeast(level, kind.level())) {
            return Verdict.no(
                    NOT_ENABLED, "custom CA trust is not enabled on this node's pool and its cluster has no list");
        }
        String absent =
                spec.followSecret() && !secretExists && status.secret() == null ? SECRET + " does not exist" : null;
        if (level == null) {
            return Verdict.no(PENDING, sentence(count(status) + " not yet in the trust store", absent));
        }
        List<NodeTrust.StatusFinding> left = leftOut(status);
        String without = left.isEmpty() ? "" : "; left out: " + named(left);
        if (level.equals(NodeTrust.WRITTEN)) {
            String why = kind == Machine.Kind.DIRECTORY
                    ? "; this machine is only a directory, without a container runtime: Written is the most it reaches"
                    : "; the runtime has not loaded them yet";
            return Verdict.no(level, sentence(count(status) + " in the trust store" + why + without, absent));
        }
        return Verdict.yes(
                left.isEmpty() ? level : QUARANTINED,
                sentence(loaded(level, status) + unproven(level, status) + without, absent));
    }

    /**
     * What a node's endpoints say of it, with the set that it is to have. What it found of others, which it was once asked to
     * try, counts for nothing.
     *
     * @param asked the endpoints that it is to try
     * @param givenUp endpoints that were known to break when the set was asked for: they speak against nobody
     * @param patience how long endpoints that were not tried are waited for
     */
    static Proof proof(
            Collection<String> asked,
            NodeTrust.@Nullable Status status,
            Collection<String> givenUp,
            Duration patience) {
        if (asked.isEmpty()) {
            return new Proof.None();
        }
        TrustProof proof = status == null ? null : status.proof();
        if (proof == null || status == null || !proof.fingerprint().equals(status.wanted())) {
            return new Proof.Awaited(patience);
        }
        Set<String> tried =
                proof.endpoints().stream().map(TrustProof.Endpoint::endpoint).collect(Collectors.toSet());
        List<String> refuted = proof.endpoints().stream()
                .filter(endpoint -> endpoint.outcome().equals(TrustProof.REFUTED))
                .filter(endpoint -> asked.contains(endpoint.endpoint()) && !givenUp.contains(endpoint.endpoint()))
                .map(endpoint -> endpoint.endpoint() + " (" + endpoint.reason() + "): " + endpoint.message())
                .toList();
        if (!refuted.isEmpty()) {
            return new Proof.Refuted(String.join("; ", refuted));
        }
        return tried.containsAll(asked) ? new Proof.None() : new Proof.Awaited(patience);
    }

    /**
     * The same of a node in a cluster whose nodes do not all begin their proofs at once.
     *
     * @param rules what its pool asks for; null where it asks for nothing
     * @param patience how long a node's proof may take once it began
     */
    static Proof proof(Collection<String> asked, NodeTrustObject trust, @Nullable TrustRules rules, Duration patience) {
        Integer spread = trust.getSpec().proofSpreadSeconds();
        return proof(
                asked,
                trust.getStatus(),
                rules == null ? List.of() : rules.givenUp(),
                spread == null ? patience : patience.plusSeconds(spread));
    }

    /** The findings that cost a certificate its place. */
    static List<NodeTrust.StatusFinding> leftOut(NodeTrust.Status status) {
        return status.findings().stream()
                .filter(finding -> finding.severity().equals(ERROR))
                .toList();
    }

    private static String loaded(String level, NodeTrust.Status status) {
        return count(status)
                + (level.equals(NodeTrust.PROVEN) ? " proven" : " loaded by the runtime")
                + lane(status)
                + set(status);
    }

    /** Endpoints that nothing is known of yet: a message, and no more than that. */
    private static String unproven(String level, NodeTrust.Status status) {
        TrustProof proof = status.proof();
        if (proof == null || level.equals(NodeTrust.PROVEN)) {
            return "";
        }
        List<String> open = proof.endpoints().stream()
                .filter(endpoint -> endpoint.outcome().equals(TrustProof.INCONCLUSIVE))
                .map(endpoint -> endpoint.endpoint() + " (" + endpoint.reason() + ")")
                .toList();
        return open.isEmpty() ? "" : "; not yet proven: " + some(open);
    }

    private static String some(List<String> names) {
        return Few.of(names, NAMED_AT_MOST, ", ");
    }

    private static String lane(NodeTrust.Status status) {
        NodeTrust.Lane lane = status.lane();
        return lane == null ? "" : ", lane " + lane.name();
    }

    /** Enough of the fingerprint to tell two sets apart. */
    private static String set(NodeTrust.Status status) {
        String wanted = Objects.requireNonNullElse(status.wanted(), "");
        return wanted.isEmpty() ? "" : ", set " + wanted.substring(0, Math.min(wanted.length(), 15));
    }

    private static String count(NodeTrust.Status status) {
        int count = status.certificates().size();
        return count == 1 ? "1 certificate" : count + " certificates";
    }

    private static String named(List<NodeTrust.StatusFinding> findings) {
        return some(findings.stream()
                .map(finding -> finding.source() + " (" + finding.code() + ")")
                .toList());
    }

    private static String sentence(String text, @Nullable String before) {
        return before == null ? text : before + "; " + text;
    }

    private static String lastKnown(NodeTrust.@Nullable Status status) {
        return status == null || status.level() == null ? "" : "; its last word was " + status.level();
    }
}
