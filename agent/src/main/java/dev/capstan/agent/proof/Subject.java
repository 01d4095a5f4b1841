package dev.capstan.agent.proof;

import dev.capstan.proof.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a proof is a proof of: a set that is loaded by a process, and the endpoints. Where any of it changes, what was found
 * before proves nothing any more.
 *
 * @param fingerprint the set the node holds
 * @param process the runtime's process, by whatever tells it from any other
 * @param endpoints what is asked, at least one
 * @param anchors the files that the runtime's TLS takes its roots from
 * @param socket the runtime's CRI socket; absent where it is not known
 * @param proxies the runtime's proxy variables; they may hold a password
 */
public record Subject(
        String fingerprint,
        String process,
        List<Endpoint> endpoints,
        List<Path> anchors,
        Optional<Path> socket,
        Map<String, String> proxies) {

    public Subject {
        endpoints = List.copyOf(endpoints);
        anchors = List.copyOf(anchors);
        proxies = Map.copyOf(proxies);
    }

    /** Without the proxies, which may hold a password. */
    @Override
    public String toString() {
        return endpoints.size() + " endpoints with " + fingerprint + ", " + process;
    }
}
