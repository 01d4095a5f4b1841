package dev.capstan.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.machines.Credential;
import dev.capstan.machines.MachineSpec;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an agent does towards its cluster's API: renews its Lease, watches its NodeTrust, and says of every set that it was told
 * to trust that the runtime has loaded it. It has the rights of its machine's credential, and no store, runtime or process.
 */
final class SimulatedAgent implements AutoCloseable {

    private static final ObjectMapper JSON =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration AGAIN = Duration.ofMillis(250);

    private final MachineSpec spec;
    private final HttpClient client;
    private final List<Thread> threads;
    private volatile Credential credential;

    private SimulatedAgent(MachineSpec spec, HttpClient client, Credential credential) {
        this.spec = spec;
        this.client = client;
        this.credential = credential;
        this.threads = List.of(
                Thread.ofVirtual().unstarted(() -> again(this::watch, AGAIN)),
                Thread.ofVirtual().unstarted(() -> again(this::renewLease, LEASE)));
    }

    /**
     * The agent of a machine.
     *
     * @param client trusts the machine's authority; agents may share one
     */
    static SimulatedAgent start(MachineSpec spec, HttpClient client, Credential credential) {
        var agent = new SimulatedAgent(spec, client, credential);
        agent.threads.forEach(Thread::start);
        return agent;
    }

    void take(Credential fresh) {
        credential = fresh;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    @FunctionalInterface
    private interface Deed {
        void run() throws IOException, InterruptedException;
    }

    /** The API may be away, and what is asked for not there yet or no more: another time it is. */
    private void again(Deed deed, Duration pause) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = pause;
                try {
                    deed.run();
                } catch (IOException notNow) {
                    wait = AGAIN;
                }
                Thread.sleep(wait);
            }
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() throws IOException, InterruptedException {
        String path = "/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL;
        HttpResponse<Stream<String>> events = client.send(
                request(path + "?watch=true&fieldSelector=metadata.name%3D" + spec.name())
                        .build(),
                BodyHandlers.ofLines());
        try (Stream<String> lines = events.body()) {
            if (events.statusCode() != 200) {
                throw new IOException("watch: " + events.statusCode());
            }
            for (String line : (Iterable<String>) lines::iterator) {
                JsonNode object = JSON.readTree(line).path("object");
                long generation = object.at("/metadata/generation").asLong();
                JsonNode set = object.at("/spec/certificateSet");
                if (set.isTextual() && object.at("/status/observedGeneration").asLong() != generation) {
                    report(path + "/" + spec.name() + "/status", generation, set.asText());
                }
            }
        } catch (java.io.UncheckedIOException ended) {
            throw ended.getCause();
        }
    }

    private void report(String path, long generation, String set) throws IOException, InterruptedException {
        var status = new NodeTrust.Status(
                generation,
                set,
                set,
                set,
                null,
                new NodeTrust.Lane("Isolated", "it is simulated"),
                List.of(),
                List.of(),
                null,
                null,
                "simulated",
                Instant.now().toString());
        ObjectNode patch = JSON.createObjectNode();
        patch.set("status", JSON.valueToTree(status));
        send(request(path)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(patch.toString())));
    }

    private void renewLease() throws IOException, InterruptedException {
        String path = "/apis/coordination.k8s.io/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/leases/" + spec.name();
        ObjectNode lease = (ObjectNode) JSON.readTree(send(request(path)));
        lease.withObject("/spec").put("holderIdentity", spec.name()).put("renewTime", MICROS.format(Instant.now()));
        send(request(path)
                .header("Content-Type", "application/json")
                .method("PUT", BodyPublishers.ofString(lease.toString())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(spec.server() + path))
                .header("Authorization", "Bearer " + credential.token());
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
