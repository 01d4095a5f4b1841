package dev.capstan.agent.proof;

import dev.capstan.proof.Endpoint;
import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import dev.capstan.runtime.HostDirectory;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proves the servers of host directories as the runtime would verify them: by the roots without our set and the certificate
 * files that the directory names for each, with the token server that each names. A directory is proven where all of its
 * servers are, and refuted where one of them is.
 */
final class DirectoryProver {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    /** For up to twenty servers, four at a time, each with its token server, and the start of the process. */
    private static final Duration LIMIT = Duration.ofSeconds(15).plus(ProofRequest.USUAL_LIMIT.multipliedBy(10));

    private final Prover prover;

    DirectoryProver(Prover prover) {
        this.prover = prover;
    }

    /**
     * What was found of a directory.
     *
     * @param words why it is not proven; empty where it is
     */
    record Found(Outcome outcome, String words) {

        /** Its proof was broken off. */
        static final Found NOTHING = new Found(Outcome.INCONCLUSIVE, "its proof was broken off, and is made again");
    }

    /** What servers share that are asked in one request. */
    private record Trust(List<Path> anchors, Map<String, String> proxies) {}

    /** What was found of each, by key; nothing where this thread is interrupted. */
    Map<String, Found> prove(List<HostDirectoryProofs.Subject> subjects) {
        Map<Trust, Set<String>> servers = new LinkedHashMap<>();
        for (HostDirectoryProofs.Subject subject : subjects) {
            for (HostDirectory.Server server : subject.directory().unshown()) {
                servers.computeIfAbsent(trust(subject, server), none -> new LinkedHashSet<>())
                        .add(server.address());
            }
        }
        Map<Trust, Map<String, Found>> found = new HashMap<>();
        try {
            for (Map.Entry<Trust, Set<String>> each : servers.entrySet()) {
                found.put(each.getKey(), ask(each.getKey(), each.getValue()));
            }
        } catch (InterruptedException brokenOff) {
            return Map.of();
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, "a fault of the proofs of host directories; trying again", fault);
            return Map.of();
        }
        Map<String, Found> all = new HashMap<>();
        for (HostDirectoryProofs.Subject subject : subjects) {
            all.put(
                    subject.key(),
                    together(subject.directory().unshown().stream()
                            .map(server -> found.getOrDefault(trust(subject, server), Map.of())
                                    .getOrDefault(server.address(), Found.NOTHING))
                            .toList()));
        }
        return all;
    }

    private static Trust trust(HostDirectoryProofs.Subject subject, HostDirectory.Server server) {
        List<Path> anchors = new ArrayList<>(List.of(subject.roots()));
        anchors.addAll(server.ca());
        return new Trust(anchors, subject.proxies());
    }

    private Map<String, Found> ask(Trust trust, Set<String> addresses) throws InterruptedException {
        Map<String, Found> found = new HashMap<>();
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (String address : addresses) {
            try {
                endpoints.put(address, Endpoint.parse("https://" + address + "/v2/"));
            } catch (IllegalArgumentException none) {
                found.put(address, new Found(Outcome.INCONCLUSIVE, none.getMessage() + ""));
            }
        }
        List<String> order = List.copyOf(endpoints.keySet());
        for (int from = 0; from < order.size(); from += ProofRequest.MOST) {
            List<String> some = order.subList(from, Math.min(order.size(), from + ProofRequest.MOST));
            List<ProofResult> results = prover.prove(
                    new ProofRequest(
                            some.stream().map(endpoints::get).toList(),
                            trust.anchors(),
                            Optional.empty(),
                            trust.proxies(),
                            ProofRequest.USUAL_LIMIT,
                            true),
                    LIMIT);
            for (int i = 0; i < results.size(); i++) {
                ProofResult result = results.get(i);
                found.put(
                        some.get(i),
                        new Found(
                                result.outcome(),
                                some.get(i) + " without the set is " + result.reason() + ", " + result.message()));
            }
        }
        return found;
    }

    private static Found together(List<Found> servers) {
        for (Outcome worst : List.of(Outcome.REFUTED, Outcome.INCONCLUSIVE)) {
            for (Found server : servers) {
                if (server.outcome() == worst) {
                    return server;
                }
            }
        }
        return new Found(Outcome.PROVEN, "");
    }
}
