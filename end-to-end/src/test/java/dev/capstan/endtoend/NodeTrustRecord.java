package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A recorded watch of a cluster's NodeTrusts that outlives kills of the API: what it committed, in the order of the commits.
 * A server that was killed does not know the past, so that the recording begins again with what is there then; a state that was
 * committed and replaced within the instant of a kill is not in it.
 */
public final class NodeTrustRecord implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COLLECTION = "/apis/capstan.dev/v1/nodetrusts";

    private final Api api;
    private final Consumer<State> seen;
    private final List<State> states = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private long revision;
    private volatile boolean closing;

    /**
     * A NodeTrust at one commit; what is not there is empty.
     *
     * @param secretFingerprint what its node may take up of the Secret; empty where nothing is waited for
     * @param certificates identities of what its agent says that the node holds
     * @param level what its agent says that the wanted set has reached
     * @param told fingerprint of the list's set that the node was told
     * @param answered whether its agent has written what the spec of this very commit asks for
     */
    public record State(
            long revision,
            String node,
            String secretFingerprint,
            Set<String> certificates,
            String level,
            String wanted,
            String written,
            String loaded,
            String proven,
            String told,
            boolean answered) {}

    private NodeTrustRecord(Api api, Consumer<State> seen) {
        this.api = api;
        this.seen = seen;
        this.reader = Thread.ofVirtual().unstarted(this::read);
    }

    /** Begins to record; what is there comes first. */
    static NodeTrustRecord of(Api api) throws IOException, InterruptedException {
        return of(api, state -> {});
    }

    /** The same; each state is shown at once to this too, which may not fail. */
    public static NodeTrustRecord of(Api api, Consumer<State> seen) throws IOException, InterruptedException {
        NodeTrustRecord record = new NodeTrustRecord(api, seen);
        record.list();
        record.reader.start();
        return record;
    }

    private void list() throws IOException, InterruptedException {
        JsonNode list = JSON.readTree(api.get(COLLECTION));
        list.path("items").forEach(this::take);
        revision = list.at("/metadata/resourceVersion").asLong();
    }

    private void read() {
        while (!closing) {
            try (Stream<String> lines = api.lines(COLLECTION + "?watch=true&resourceVersion=" + revision)) {
                boolean past = lines.filter(line -> !line.isBlank()).allMatch(this::event);
                if (!past) {
                    list();
                }
            } catch (IOException | RuntimeException | AssertionError | InterruptedException away) {
                // It is asked again.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes one; answers false if the server does not know what came before. */
    private boolean event(String line) {
        JsonNode event;
        try {
            event = JSON.readTree(line);
        } catch (IOException half) {
            throw new IllegalStateException("the connection was cut within a line", half);
        }
        if (event.path("type").asText().equals("ERROR")) {
            return false;
        }
        take(event.path("object"));
        return true;
    }

    private void take(JsonNode object) {
        Set<String> certificates = new TreeSet<>();
        object.at("/status/certificates")
                .forEach(certificate ->
                        certificates.add(certificate.path("sha256").asText()));
        revision = Math.max(revision, object.at("/metadata/resourceVersion").asLong());
        State state = new State(
                object.at("/metadata/resourceVersion").asLong(),
                object.at("/metadata/name").asText(),
                object.at("/spec/secretFingerprint").asText(""),
                certificates,
                object.at("/status/level").asText(""),
                object.at("/status/wanted").asText(""),
                object.at("/status/written").asText(""),
                object.at("/status/loaded").asText(""),
                object.at("/status/proven").asText(""),
                object.at("/spec/certificateSet").asText(""),
                object.at("/status/observedGeneration").asLong()
                                == object.at("/metadata/generation").asLong()
                        && object.at("/status/level").isTextual());
        states.add(state);
        seen.accept(state);
    }

    /** Every state that was seen, in the order in which it was. */
    public List<State> states() {
        return List.copyOf(states);
    }

    /** The last commit that was seen. */
    long last() {
        return states.stream().mapToLong(State::revision).max().orElse(0);
    }

    /** The states of a node from this commit on, with the one that stood then. */
    List<State> since(long from, String node) {
        List<State> since = new ArrayList<>();
        for (State state : states) {
            if (state.node().equals(node)) {
                if (state.revision() <= from) {
                    since.clear();
                }
                since.add(state);
            }
        }
        return since;
    }

    @Override
    public void close() {
        closing = true;
        reader.interrupt();
    }
}
