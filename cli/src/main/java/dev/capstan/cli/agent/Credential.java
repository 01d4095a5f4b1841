package dev.capstan.cli.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.kubeconfig.KubeconfigContext;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.resources.ObjectNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * All that a node's agent needs to find its cluster and be known there, in one file: a kubeconfig, so that {@code kubectl} can
 * try it, whose cluster entry also names the node and the cluster's identity. Never shown: {@link #toString()} names the node.
 *
 * @param node the Node it is for
 * @param server the API's https URL, as the node reaches it
 * @param authority PEM of the API's CAs
 * @param cluster UID of the namespace {@code kube-system}
 * @param token bearer token
 */
record Credential(String node, URI server, String authority, String cluster, String token) {

    private static final String EXTENSION = "capstan.dev/agent";

    /** The file's text. JSON is YAML, and needs no care for what a name may hold. */
    String text() {
        var name = ObjectNames.agent(node);
        return """
                # The credential of the agent of node %s, made by 'capstan agent credential'. Whoever holds it is that agent: bring it
                # to the node over a channel that nobody reads, run there 'capstan agent install --credential FILE', and delete it.
                apiVersion: v1
                kind: Config
                current-context: %s
                clusters:
                - name: cluster
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                    extensions:
                    - name: %s
                      extension: {node: %s, kubeSystemUid: %s}
                users:
                - name: %s
                  user:
                    token: %s
                contexts:
                - name: %s
                  context: {cluster: cluster, user: %s, namespace: capstan-system}
                """.formatted(
                        node,
                        Json.quoted(name),
                        Json.quoted(server.toString()),
                        Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.ISO_8859_1)),
                        EXTENSION,
                        Json.quoted(node),
                        Json.quoted(cluster),
                        Json.quoted(name),
                        Json.quoted(token),
                        Json.quoted(name),
                        Json.quoted(name));
    }

    /** Reads a file. Throws a {@link Problem} if it is none that 'capstan agent credential' wrote. */
    static Credential read(Path file) {
        var kubeconfig = Kubeconfig.read(file, Optional.empty());
        if (kubeconfig.extensions().get(EXTENSION) instanceof Map<?, ?> extension
                && kubeconfig.login() instanceof Kubeconfig.Login.Token(var token)) {
            return new Credential(
                    KubeconfigContext.text(extension, "node"),
                    kubeconfig.server(),
                    kubeconfig.authority(),
                    KubeconfigContext.text(extension, "kubeSystemUid"),
                    token);
        }
        throw Problem.failed(
                file + " is a kubeconfig, and no credential of an agent.",
                "Make one with 'capstan agent credential NODE --kubeconfig " + file
                        + " -o NODE.credential', or give this" + " one with --kubeconfig, which makes it here.");
    }

    /** The way to the cluster with it. */
    Kubeconfig kubeconfig(String source) {
        return new Kubeconfig(source, server, authority, new Kubeconfig.Login.Token(token), Map.of());
    }

    /** From when until when a token is valid. */
    record Life(Instant issued, Instant expires) {

        /** When the agent renews it: half-way. */
        Instant renewal() {
            return issued.plusSeconds((expires.getEpochSecond() - issued.getEpochSecond()) / 2);
        }
    }

    /** What a token says of itself (RFC 7519, 4.1); nothing where it says nothing. */
    static Optional<Life> life(String token) {
        var parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        JsonNode claims;
        try {
            claims = Json.parse(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | Problem notReadable) {
            return Optional.empty();
        }
        var issued = claims.path("iat").asLong();
        var expires = claims.path("exp").asLong();
        return issued <= 0 || expires <= issued
                ? Optional.empty()
                : Optional.of(new Life(Instant.ofEpochSecond(issued), Instant.ofEpochSecond(expires)));
    }

    @Override
    public String toString() {
        return "credential of " + node + " at " + server;
    }
}
