package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A recorded watch of a cluster's nodes, pods and budgets by a client that has nothing to do with Capstan's own: what
 * happened, in the order in which the API committed it.
 */
final class ApiWatch implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> COLLECTIONS =
            List.of("/api/v1/nodes", "/api/v1/pods", "/apis/policy/v1/poddisruptionbudgets");

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<Stream<String>> streams = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private volatile boolean closing;
    private volatile Throwable failure;

    /**
     * One change of one object.
     *
     * @param revision the API's own count of its commits
     */
    record Event(long revision, String type, String kind, JsonNode object) {

        String name() {
            return object.at("/metadata/name").asText();
        }

        boolean isCordoned() {
            return object.at("/spec/unschedulable").asBoolean();
        }

        boolean isReady() {
            return condition("Ready").path("status").asText().equals("True");
        }

        /** Whether the API says that the pod goes because somebody asked for its eviction, not for its deletion. */
        boolean isEvicted() {
            return condition("DisruptionTarget").path("reason").asText().equals("EvictionByEvictionAPI");
        }

        private JsonNode condition(String type) {
            for (JsonNode condition : object.at("/status/conditions")) {
                if (condition.path("type").asText().equals(type)) {
                    return condition;
                }
            }
            return MissingNode.getInstance();
        }
    }

    private ApiWatch() {}

    /** Begins to record; what is there already comes first, as ADDED. */
    static ApiWatch of(Api api) throws IOException, InterruptedException {
        ApiWatch watch = new ApiWatch();
        for (String collection : COLLECTIONS) {
            Stream<String> lines = api.lines(collection + "?watch=true&allowWatchBookmarks=true");
            watch.streams.add(lines);
            watch.readers.add(Thread.ofVirtual().start(() -> watch.read(lines)));
        }
        return watch;
    }

    private void read(Stream<String> lines) {
        try {
            lines.filter(line -> !line.isBlank()).forEach(line -> {
                try {
                    JsonNode event = JSON.readTree(line);
                    JsonNode object = event.path("object");
                    events.add(new Event(
                            object.at("/metadata/resourceVersion").asLong(),
                            event.path("type").asText(),
                            object.path("kind").asText(),
                            object));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (RuntimeException e) {
            if (!closing) {
                failure = e;
            }
        }
    }

    /** Everything recorded so far of one kind, or of all with {@code null}, in the order of the commits. */
    List<Event> events(String kind) {
        if (failure != null) {
            throw new AssertionError("the recording broke off", failure);
        }
        return events.stream()
                .filter(event -> !event.type().equals("BOOKMARK"))
                .filter(event -> kind == null || event.kind().equals(kind))
                .sorted(Comparator.comparingLong(Event::revision))
                .toList();
    }

    /** The commit at which something first was so; fails if it never was. */
    long first(String what, Predicate<Event> condition) {
        return events(null).stream()
                .filter(condition)
                .mapToLong(Event::revision)
                .findFirst()
                .orElseThrow(() -> new AssertionError("never seen: " + what + " in\n" + this));
    }

    /** One line per event. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        events(null)
                .forEach(event -> text.append(event.revision())
                        .append(' ')
                        .append(event.type())
                        .append(' ')
                        .append(event.kind())
                        .append(' ')
                        .append(event.name())
                        .append(event.isCordoned() ? " cordoned" : "")
                        .append(event.kind().equals("Node") && event.isReady() ? " ready" : "")
                        .append('\n'));
        return text.toString();
    }

    @Override
    public void close() {
        closing = true;
        streams.forEach(Stream::close);
    }
}
