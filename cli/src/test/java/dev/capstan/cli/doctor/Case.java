package dev.capstan.cli.doctor;

import dev.capstan.certificates.Identity;
import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.Reason;
import dev.capstan.proof.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The facts of a case, told by what differs from a node where all is well: the CA came by the Secret and is everywhere, the
 * runtime reads the set at every pull and reaches the registry.
 */
final class Case {

    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final ChainCertificate OWN = new ChainCertificate(
            "CN=registry.corp",
            "CN=Corp Root,O=Corp",
            new Identity("a".repeat(64)),
            NOW.minusSeconds(9),
            NOW.plusSeconds(9));

    Reason reached = Reason.VERIFIED;
    String message = "the chain of registry.corp:443 verified";
    String proxy = "";
    List<ChainCertificate> chain = List.of(OWN);
    List<Verdict.Problem> problems = new ArrayList<>();
    boolean ends;
    boolean otherKey;
    String relative = "";
    String straight = "";
    boolean asked = true;

    Optional<Instant> reference = Optional.of(NOW.plusSeconds(1));
    boolean holdsThen;

    Map<Place, Place.Holding> places = new EnumMap<>(Place.class);
    List<String> faults = List.of();

    String process = "containerd, process 7";
    String lane = "Isolated";
    List<String> obstacles = List.of();
    String stale = "";
    boolean mayNotKnow;
    boolean mayStillTrust;
    String hostDirectory = "";
    String hides = "";
    Optional<Facts.Pull> pull = Optional.of(new Facts.Pull(Reason.VERIFIED, "not found"));

    boolean withCluster = true;
    boolean enabled = true;
    boolean feature = true;
    boolean secret = true;
    String elsewhere = "";
    List<String> refused = List.of();
    String withheld = "";
    String silent = "";
    String apiAway = "";
    String problem = "";
    boolean underWay;
    boolean distrusted;

    private Case() {
        for (var place : Place.values()) {
            places.put(
                    place, place == Place.LIST || place == Place.HOST_DIRECTORY ? Place.Holding.NO : Place.Holding.YES);
        }
    }

    static Facts of(Consumer<Case> difference) {
        var one = new Case();
        difference.accept(one);
        return one.facts();
    }

    /** The chain was seen, and did not verify for this. */
    Case refuted(Reason reason) {
        problems.add(new Verdict.Problem(reason, "words of " + reason.word()));
        reached = problems.getFirst().reason();
        message = problems.getFirst().words();
        return runtimeSays(reason, "x509: words of containerd");
    }

    /** The way ended before a chain was seen, for the runtime as for this process. */
    Case stopped(Reason reason) {
        reached = reason;
        message = "words of " + reason.word();
        chain = List.of();
        return runtimeSays(reason, "words of containerd");
    }

    Case runtimeSays(Reason reason, String words) {
        pull = Optional.of(new Facts.Pull(reason, words));
        return this;
    }

    /** No place but these has the CA. */
    Case only(Place... some) {
        places.replaceAll((place, holding) -> Place.Holding.NO);
        for (var place : some) {
            places.put(place, Place.Holding.YES);
        }
        return this;
    }

    private Facts facts() {
        return new Facts(
                "node-1",
                asked
                        ? Optional.of(new Facts.Way(
                                "registry.corp",
                                reached,
                                message,
                                List.of("10.0.0.1"),
                                proxy,
                                chain,
                                problems,
                                problems.stream().anyMatch(one -> one.reason() == Reason.UNKNOWN_AUTHORITY)
                                        ? "CN=Corp Root,O=Corp"
                                        : "",
                                ends,
                                otherKey,
                                relative,
                                straight))
                        : Optional.empty(),
                new Facts.Clock(NOW, reference, "the control plane's says", holdsThen),
                new Facts.Store(places, faults),
                new Facts.RuntimeSide(
                        process,
                        lane,
                        "",
                        obstacles,
                        stale,
                        mayNotKnow,
                        mayStillTrust,
                        hostDirectory,
                        hides,
                        pull,
                        List.of()),
                withCluster
                        ? Optional.of(new Facts.Cluster(
                                "-g dev --cluster-name one",
                                "pool1",
                                enabled,
                                feature,
                                secret,
                                elsewhere,
                                refused,
                                withheld,
                                silent,
                                problem,
                                underWay,
                                distrusted))
                        : Optional.empty(),
                apiAway);
    }
}
