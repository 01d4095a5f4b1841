package dev.capstan.cli.doctor;

import dev.capstan.proof.Outcome;
import dev.capstan.proof.Reason;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the runtime does not do what the node's store would let it do. */
final class RuntimeCauses {

    private static final Pattern URL = Pattern.compile("https://([^/\"\\s]+)");

    private RuntimeCauses() {}

    /** The chain verifies by the store, or was not seen. */
    static void of(Facts facts, Facts.Way way, List<Diagnosis.Item> items) {
        Facts.RuntimeSide runtime = facts.runtime();
        if (!runtime.runs()) {
            items.add(notRunning(runtime));
            return;
        }
        if (runtime.pull().isEmpty()) {
            ofItself(facts, items);
            return;
        }
        Facts.Pull pull = runtime.pull().get();
        Reason reason = pull.reason();
        if (reason == Reason.VERIFIED || reason == way.reason()) {
            return;
        }
        if (reason == Reason.RUNTIME_SILENT) {
            items.add(Diagnosis.Item.of(Cause.RUNTIME_SILENT, pull.words()));
        } else if (reason == Reason.HOST_DIRECTORY_BROKEN) {
            items.add(Diagnosis.Item.of(Cause.HOST_DIRECTORY_BROKEN, runtime.hostDirectory() + ": " + pull.words()));
        } else if (way.verified() && reason.outcome() == Outcome.REFUTED) {
            untrusting(facts, way, pull, items);
        } else if (reason == Reason.SERVER_ERROR || reason == Reason.TOO_MANY_REQUESTS) {
            items.add(Diagnosis.Item.of(Cause.SERVER_IN_TROUBLE, pull.words()));
        } else if (way.verified()) {
            items.add(Diagnosis.Item.of(
                    Cause.RUNTIME_GOES_ANOTHER_WAY,
                    "this process reaches " + way.host() + ", and the runtime does not: " + pull.words()));
        }
    }

    /** What is known to be wrong with it, without asking it to pull. */
    static void ofItself(Facts facts, List<Diagnosis.Item> items) {
        Facts.RuntimeSide runtime = facts.runtime();
        if (!runtime.runs()) {
            items.add(notRunning(runtime));
            return;
        }
        if (!runtime.hides().isEmpty()) {
            items.add(hides(runtime));
        }
        if (!runtime.stale().isEmpty()) {
            items.add(Diagnosis.Item.of(Cause.RUNTIME_STALE, runtime.stale()));
        }
        obstacles(runtime, items);
    }

    /**
     * The runtime gets through with a chain that the store does not verify.
     *
     * @return whether it does, so that no pull fails for it
     */
    static boolean worksAllTheSame(Facts facts, List<Diagnosis.Item> items) {
        Facts.RuntimeSide runtime = facts.runtime();
        boolean works =
                runtime.pull().filter(pull -> pull.reason() == Reason.VERIFIED).isPresent();
        if (!works) {
            return false;
        }
        if (runtime.hostDirectory().isEmpty() || runtime.mayStillTrust()) {
            items.add(Diagnosis.Item.of(
                    Cause.STALE_TRUST,
                    "the runtime reaches the server, whose CA is not in the trust store: it trusts what it read before"
                            + (runtime.stale().isEmpty() ? "" : " (" + runtime.stale() + ")")));
        } else {
            items.add(Diagnosis.Item.of(
                    Cause.OWN_TRUST_OF_HOST_DIRECTORY,
                    "the runtime reaches the server, whose CA is not in the trust store, by "
                            + runtime.hostDirectory()));
        }
        return true;
    }

    /** The store verifies the chain and the runtime does not. */
    private static void untrusting(Facts facts, Facts.Way way, Facts.Pull pull, List<Diagnosis.Item> items) {
        Facts.RuntimeSide runtime = facts.runtime();
        String other = otherServer(way, pull.words());
        if (!other.isEmpty()) {
            items.add(Diagnosis.Item.of(
                    Cause.OTHER_SERVER_UNTRUSTED,
                    way.host() + " itself is trusted; on its way the runtime comes to " + other + ", which is not: "
                            + pull.words()));
            return;
        }
        // A runtime of lane Restart has the store as its own roots, and a host directory without a ca leaves those.
        boolean byRoots = runtime.lane().equals("Restart");
        boolean hidden = !runtime.hides().isEmpty();
        boolean stale = runtime.mayNotKnow() || !runtime.stale().isEmpty();
        if (hidden && !(byRoots && stale)) {
            items.add(hides(runtime));
        }
        if (stale || (!hidden && runtime.obstacles().isEmpty())) {
            items.add(Diagnosis.Item.of(
                    Cause.RUNTIME_STALE,
                    "the trust store has the CA, and " + runtime.process() + " does not know it"
                            + (runtime.stale().isEmpty() ? "" : ": " + runtime.stale())));
        }
        obstacles(runtime, items);
    }

    /** A server that the text names and that is not the one that was asked for: a token server, a mirror, a redirect. */
    private static String otherServer(Facts.Way way, String words) {
        Matcher url = URL.matcher(words);
        String last = "";
        while (url.find()) {
            last = url.group(1);
        }
        String host = last.replaceFirst(":[0-9]+$", "");
        return host.isEmpty() || host.equalsIgnoreCase(way.host()) ? "" : last;
    }

    private static Diagnosis.Item hides(Facts.RuntimeSide runtime) {
        return Diagnosis.Item.of(Cause.HOST_DIRECTORY_HIDES, runtime.hides());
    }

    private static Diagnosis.Item notRunning(Facts.RuntimeSide runtime) {
        return Diagnosis.Item.of(
                Cause.RUNTIME_NOT_RUNNING,
                runtime.laneReason().isEmpty() ? "no container runtime runs on this node" : runtime.laneReason());
    }

    private static void obstacles(Facts.RuntimeSide runtime, List<Diagnosis.Item> items) {
        for (String obstacle : runtime.obstacles()) {
            if (!obstacle.equals(runtime.hides())) {
                items.add(Diagnosis.Item.of(Cause.LANE_OBSTACLE, obstacle));
            }
        }
    }
}
