package dev.capstan.server.incluster;

import dev.capstan.controller.Candidate;
import dev.capstan.server.home.StartException;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.function.Supplier;

/** What a kubelet asks a pod: {@code /healthz} and {@code /readyz}. Says nothing else to nobody, so it needs no token. */
final class HealthServer implements AutoCloseable {

    /** Longer than a term and the request after it: a kubelet's restart helps only a process that is stuck. */
    private static final Duration ROUND = Duration.ofSeconds(60);

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final WebServer server;

    /**
     * An answer.
     *
     * @param is whether it is so
     * @param words a line
     */
    record Health(boolean is, String words) {}

    private HealthServer(WebServer server) {
        this.server = server;
    }

    static HealthServer start(Listen listen, Supplier<Health> healthy, Supplier<Health> ready) throws StartException {
        try {
            return new HealthServer(WebServer.builder()
                    .host(listen.address().getAddress().getHostAddress())
                    .port(listen.address().getPort())
                    .shutdownHook(false)
                    .routing(routing -> routing.get("/healthz", (request, response) -> send(response, healthy.get()))
                            .get("/readyz", (request, response) -> send(response, ready.get())))
                    .build()
                    .start());
        } catch (RuntimeException e) {
            throw new StartException(
                    "Cannot listen on " + listen.address() + " for health: " + e.getMessage() + ".",
                    "Say another address with health= in the configuration, or health=none.",
                    e);
        }
    }

    /**
     * Of a controller: healthy while the process does its rounds, ready while the API answers it as well. A candidate that
     * waits for the Lease is as healthy as the one that has it.
     */
    static HealthServer of(Listen listen, Candidate candidate) throws StartException {
        return start(
                listen,
                () -> candidate.sinceRound().compareTo(ROUND) < 0
                        ? new Health(true, "ok")
                        : new Health(false, "no round for " + candidate.sinceRound()),
                () -> candidate.sinceAnswer().compareTo(ANSWER) < 0
                        ? new Health(true, candidate.isLeader() ? "ok: leader" : "ok: waits for the Lease")
                        : new Health(
                                false,
                                "the Kubernetes API has not answered for "
                                        + candidate.sinceAnswer().toSeconds() + " s"));
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void send(ServerResponse response, Health health) {
        response.status(health.is() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
                .send(health.words() + "\n");
    }
}
