package dev.capstan.proof;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What shall be proven, and by what.
 *
 * @param endpoints at most {@link #MOST}
 * @param anchors files of PEM certificates as this process sees them, read afresh by the proof: the node's bundle
 * @param runtime the container runtime's CRI socket as this process sees it; absent where there is none, and images are
 *     then inconclusive
 * @param proxies the runtime's own {@code HTTPS_PROXY} and {@code NO_PROXY}, in capitals or small letters
 * @param limit how long one connection may take
 * @param tokenServers whether an endpoint that is a URL is proven together with the token server that its answer names, as
 *     an image is by the runtime
 */
public record ProofRequest(
        List<Endpoint> endpoints,
        List<Path> anchors,
        Optional<Path> runtime,
        Map<String, String> proxies,
        Duration limit,
        boolean tokenServers) {

    /** How many endpoints one request may have. */
    public static final int MOST = 20;

    /** Enough for a far registry behind a busy proxy. */
    public static final Duration USUAL_LIMIT = Duration.ofSeconds(15);

    /** A request in which each endpoint stands for itself. */
    public ProofRequest(
            List<Endpoint> endpoints,
            List<Path> anchors,
            Optional<Path> runtime,
            Map<String, String> proxies,
            Duration limit) {
        this(endpoints, anchors, runtime, proxies, limit, false);
    }

    public ProofRequest {
        endpoints = List.copyOf(endpoints);
        anchors = List.copyOf(anchors);
        proxies = Map.copyOf(proxies);
        if (endpoints.size() > MOST) {
            throw new IllegalArgumentException(
                    "a request has " + endpoints.size() + " endpoints; more than " + MOST + " are not proven at once");
        }
    }
}
