package dev.capstan.cli.doctor;

import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.Reason;
import dev.capstan.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known of a node, and of one endpoint as seen from it. Nothing in here is judged yet.
 *
 * @param node its name, for words
 * @param way how far this node itself comes on the way to the endpoint; absent where none was asked for
 * @param cluster what the control plane says; absent where none was asked
 * @param apiAway why the node's agent does not reach its API, as it noted on the node; empty where it does
 */
record Facts(
        String node,
        Optional<Way> way,
        Clock clock,
        Store store,
        RuntimeSide runtime,
        Optional<Cluster> cluster,
        String apiAway) {

    /** A clock that is off by more is wrong: certificates and tokens leave room for less. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    /**
     * A handshake of this process, by the bundle and the runtime's proxy.
     *
     * @param host name or address of the server
     * @param reason how far it came
     * @param message the same in words
     * @param addresses what the name led to, of the proxy where one was taken
     * @param proxy the proxy that was taken; empty for none
     * @param chain what the server sent, its own first
     * @param problems all that is wrong with the chain
     * @param missing the issuer that was not found; empty where none is missing
     * @param ends whether the chain that was sent ends in a self-signed certificate, so that nothing is missing but trust
     * @param otherKey whether the store has a CA of the missing name with another key
     * @param relative a trusted CA of the same organisation as the missing issuer; empty where there is none
     * @param straight the issuer of the chain that the server sends without the proxy, where that is another; else empty
     */
    record Way(
            String host,
            Reason reason,
            String message,
            List<String> addresses,
            String proxy,
            List<ChainCertificate> chain,
            List<Verdict.Problem> problems,
            String missing,
            boolean ends,
            boolean otherKey,
            String relative,
            String straight) {

        Way {
            addresses = List.copyOf(addresses);
            chain = List.copyOf(chain);
            problems = List.copyOf(problems);
        }

        boolean has(Reason problem) {
            return problems.stream().anyMatch(one -> one.reason() == problem);
        }

        boolean verified() {
            return !chain.isEmpty() && problems.isEmpty();
        }
    }

    /**
     * The node's clock.
     *
     * @param reference what time it is by something else; absent where nothing tells
     * @param source what tells it, for words
     * @param holdsThen whether the dates of the chain hold at that time
     */
    record Clock(Instant now, Optional<Instant> reference, String source, boolean holdsThen) {

        boolean wrong() {
            return reference
                    .map(other -> Duration.between(now, other).abs().compareTo(CLOCK_TOLERANCE) > 0)
                    .orElse(false);
        }
    }

    /**
     * The trust store, and every other place where the CA may be.
     *
     * @param places what each holds; those that are not in it are absent
     * @param faults what is broken in the store, path and words
     */
    record Store(Map<Place, Place.Holding> places, List<String> faults) {

        Store {
            places = Map.copyOf(places);
            faults = List.copyOf(faults);
        }

        Place.Holding at(Place place) {
            return places.getOrDefault(place, Place.Holding.ABSENT);
        }

        boolean has(Place place) {
            return at(place) == Place.Holding.YES;
        }
    }

    /**
     * The container runtime.
     *
     * @param process who it is, such as {@code containerd, process 12}; empty if none runs
     * @param lane the lane's word
     * @param laneReason why that lane
     * @param obstacles conditions of the lane that do not hold, each with what to do
     * @param stale what it trusts may differ from the store until it is restarted, in words; empty if not
     * @param mayNotKnow whether the CA that is needed is among what it may not know yet
     * @param mayStillTrust whether the CA of the chain is among what has left and it may still trust
     * @param hostDirectory that of this registry; empty if it has none
     * @param hides why that host directory keeps our set from its pulls; empty if it does not
     * @param pull what a pull of its own came to; absent where it was not asked
     * @param otherDaemons daemons beside it that may trust what the store does not and not know what it does, in words
     */
    record RuntimeSide(
            String process,
            String lane,
            String laneReason,
            List<String> obstacles,
            String stale,
            boolean mayNotKnow,
            boolean mayStillTrust,
            String hostDirectory,
            String hides,
            Optional<Pull> pull,
            List<String> otherDaemons) {

        RuntimeSide {
            otherDaemons = List.copyOf(otherDaemons);
            obstacles = List.copyOf(obstacles);
        }

        boolean runs() {
            return !process.isEmpty();
        }
    }

    /** How a pull of the runtime ended, with its own words. */
    record Pull(Reason reason, String words) {}

    /**
     * What the control plane says.
     *
     * @param options how a command names the cluster of the pool, such as {@code -g dev --cluster-name one}
     * @param pool the node's pool
     * @param enabled whether the pool has custom CA trust, so that its nodes follow the Secret
     * @param feature whether the preview feature is registered
     * @param secret whether there is a Secret of the right name
     * @param elsewhere a Secret that looks like it at another place or under another name; empty if none does
     * @param refused entries of the Secret or the list that were left out, in words
     * @param withheld why the node waits with what the Secret holds; empty if it does not
     * @param silent since when nothing was heard of the agent, in words; empty if it is alive
     * @param problem what the agent reports as its problem; empty if none
     * @param underWay whether the node has not written yet what it shall trust
     * @param distrusted whether the CA that is needed is distrusted on this node
     */
    record Cluster(
            String options,
            String pool,
            boolean enabled,
            boolean feature,
            boolean secret,
            String elsewhere,
            List<String> refused,
            String withheld,
            String silent,
            String problem,
            boolean underWay,
            boolean distrusted) {

        Cluster {
            refused = List.copyOf(refused);
        }
    }
}
