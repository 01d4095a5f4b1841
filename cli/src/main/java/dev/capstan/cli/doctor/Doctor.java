package dev.capstan.cli.doctor;

import dev.capstan.proof.Reason;
import dev.capstan.proof.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Facts to diagnosis; pure. It goes the way of a pull and names the first thing that breaks it:
 *
 * <ol>
 *   <li>the way to the server: name, proxy, connection, TLS;
 *   <li>the chain by itself: dates (the clock first, where something else than the node tells the time and the dates hold then),
 *       names, the rules of X.509;
 *   <li>the CA: whether the node is told of it at all, where it is present, and what keeps it from going further ({@link TrustCauses});
 *   <li>the runtime: why it does not trust what the node trusts ({@link RuntimeCauses});
 *   <li>other clients of the node.
 * </ol>
 *
 * <p>What is found further on stands behind, since it may be true beside.
 */
final class Doctor {

    private Doctor() {}

    static Diagnosis diagnose(Facts facts) {
        List<Diagnosis.Item> items = new ArrayList<>();
        if (facts.way().isPresent()) {
            Facts.Way way = facts.way().get();
            onTheWay(way, items);
            ofTheChain(facts, way, items);
            if (way.has(Reason.UNKNOWN_AUTHORITY)) {
                boolean works = RuntimeCauses.worksAllTheSame(facts, items);
                apiAway(facts, items);
                TrustCauses.of(facts, way, items);
                if (!works) {
                    // What the runtime says then has the same cause; only what is known of it otherwise counts.
                    RuntimeCauses.ofItself(facts, items);
                }
            } else {
                RuntimeCauses.of(facts, way, items);
                apiAway(facts, items);
            }
        } else {
            apiAway(facts, items);
            TrustCauses.ofTheCluster(facts, items);
            RuntimeCauses.ofItself(facts, items);
        }
        clockBeside(facts, items);
        otherClients(facts, items);
        return new Diagnosis(items);
    }

    private static void onTheWay(Facts.Way way, List<Diagnosis.Item> items) {
        Cause cause = switch (way.reason()) {
            case NAME_NOT_RESOLVED -> Cause.NAME_NOT_RESOLVED;
            case PROXY_REFUSED -> Cause.PROXY_UNREACHABLE;
            case CONNECTION_REFUSED -> Cause.CONNECTION_REFUSED;
            case UNREACHABLE -> Cause.UNREACHABLE;
            case TIMED_OUT -> Cause.TIMED_OUT;
            case NOT_TLS -> Cause.NOT_TLS;
            case HANDSHAKE_FAILED -> Cause.HANDSHAKE_FAILED;
            case TOO_MANY_REQUESTS, SERVER_ERROR -> Cause.SERVER_IN_TROUBLE;
            default -> null;
        };
        if (cause != null) {
            items.add(Diagnosis.Item.of(cause, way.message()));
        }
    }

    private static void apiAway(Facts facts, List<Diagnosis.Item> items) {
        if (!facts.apiAway().isEmpty()) {
            items.add(Diagnosis.Item.of(Cause.API_AWAY, facts.apiAway()));
        }
    }

    private static void ofTheChain(Facts facts, Facts.Way way, List<Diagnosis.Item> items) {
        for (Verdict.Problem problem : way.problems()) {
            switch (problem.reason()) {
                case EXPIRED, NOT_YET_VALID -> {
                    if (facts.clock().wrong() && facts.clock().holdsThen()) {
                        items.add(clock(facts, "; by that time the dates of the chain hold: " + problem.words()));
                    } else {
                        items.add(Diagnosis.Item.of(
                                problem.reason() == Reason.EXPIRED ? Cause.EXPIRED : Cause.NOT_YET_VALID,
                                problem.words()));
                    }
                }
                case HOSTNAME_MISMATCH -> items.add(Diagnosis.Item.of(Cause.HOSTNAME_MISMATCH, problem.words()));
                case UNKNOWN_AUTHORITY -> {
                    // The next step.
                }
                default ->
                    items.add(new Diagnosis.Item(
                            Cause.CERTIFICATE_REFUSED,
                            problem.words(),
                            problem.reason().fix()));
            }
        }
    }

    private static void clockBeside(Facts facts, List<Diagnosis.Item> items) {
        boolean said = items.stream().anyMatch(item -> item.cause() == Cause.CLOCK_WRONG);
        if (facts.clock().wrong() && !said) {
            items.add(clock(facts, ""));
        }
    }

    private static Diagnosis.Item clock(Facts facts, String more) {
        Facts.Clock clock = facts.clock();
        return Diagnosis.Item.of(
                Cause.CLOCK_WRONG,
                "the node's clock says " + clock.now() + ", and " + clock.source() + " "
                        + clock.reference().orElse(clock.now()) + more);
    }

    private static void otherClients(Facts facts, List<Diagnosis.Item> items) {
        if (!facts.store().has(Place.BUNDLE)) {
            return;
        }
        if (facts.store().at(Place.HASH_DIRECTORY) == Place.Holding.NO) {
            items.add(Diagnosis.Item.of(
                    Cause.HASH_LINK_MISSING,
                    "the bundle holds the CA and OpenSSL's hash directory does not" + faults(facts)));
        }
        if (facts.store().at(Place.KEYSTORE) == Place.Holding.NO) {
            items.add(Diagnosis.Item.of(
                    Cause.KEYSTORE_STALE, "the bundle holds the CA and the Java keystore does not" + faults(facts)));
        }
    }

    static String faults(Facts facts) {
        return facts.store().faults().isEmpty()
                ? ""
                : ": " + String.join("; ", facts.store().faults());
    }
}
