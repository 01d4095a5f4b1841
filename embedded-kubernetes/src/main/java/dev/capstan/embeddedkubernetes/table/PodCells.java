package dev.capstan.embeddedkubernetes.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the table of pods shows of one: how many containers are ready, in one word how the pod is, how often containers were
 * restarted. The word is that of what holds the pod up: the first init container that has not done its work, else the first
 * container that waits or has ended, else the phase.
 */
final class PodCells {
    private final JsonNode pod;
    private final JsonNode spec;
    private final JsonNode status;
    private final Instant now;
    /** The word for the init container that is not done; empty when all are. */
    private final String initializing;

    PodCells(JsonNode pod, Instant now) {
        this.pod = pod;
        this.spec = pod.path("spec");
        this.status = pod.path("status");
        this.now = now;
        this.initializing = isTrue("Initialized") ? "" : initializing();
    }

    /** Ready containers of all; sidecars (init containers that are always restarted) count. */
    String ready() {
        int ready =
                count(sidecarStatuses()) + (initializing.isEmpty() ? count(list(status.path("containerStatuses"))) : 0);
        long sidecars = list(spec.path("initContainers")).stream()
                .filter(PodCells::isSidecar)
                .count();
        return ready + "/" + (spec.path("containers").size() + sidecars);
    }

    private static int count(List<JsonNode> statuses) {
        return (int) statuses.stream()
                .filter(each -> each.path("ready").asBoolean()
                        && (each.path("state").has("running")
                                || each.path("started").asBoolean()))
                .count();
    }

    private static boolean isSidecar(JsonNode container) {
        return container.path("restartPolicy").asText().equals("Always");
    }

    private List<JsonNode> sidecarStatuses() {
        List<String> names = list(spec.path("initContainers")).stream()
                .filter(PodCells::isSidecar)
                .map(each -> each.path("name").asText())
                .toList();
        return list(status.path("initContainerStatuses")).stream()
                .filter(each -> names.contains(each.path("name").asText()))
                .toList();
    }

    /** One word for how the pod is. */
    String word() {
        String phase = status.path("phase").asText();
        String reason = status.path("reason").asText();
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        if (pod.path("metadata").has("deletionTimestamp") && !ended) {
            return reason.equals("NodeLost") ? "Unknown" : "Terminating";
        }
        String word = reason.isEmpty() ? phase : reason;
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals("PodScheduled")
                    && condition.path("reason").asText().equals("SchedulingGated")) {
                word = "SchedulingGated";
            }
        }
        return initializing.isEmpty() ? containersWord(word) : initializing;
    }

    private String containersWord(String otherwise) {
        String word = otherwise;
        boolean running = false;
        for (JsonNode container : list(status.path("containerStatuses")).reversed()) {
            JsonNode state = container.path("state");
            String waiting = state.path("waiting").path("reason").asText();
            if (!waiting.isEmpty()) {
                word = waiting;
            } else if (state.has("terminated")) {
                word = ended(state.path("terminated"));
            } else if (container.path("ready").asBoolean() && state.has("running")) {
                running = true;
            }
        }
        return word.equals("Completed") && running ? (isTrue("Ready") ? "Running" : "NotReady") : word;
    }

    private String initializing() {
        List<JsonNode> statuses = list(status.path("initContainerStatuses"));
        List<JsonNode> sidecars = sidecarStatuses();
        for (int i = 0; i < statuses.size(); i++) {
            JsonNode container = statuses.get(i);
            JsonNode terminated = container.path("state").path("terminated");
            String waiting =
                    container.path("state").path("waiting").path("reason").asText();
            boolean done = (terminated.isObject() && terminated.path("exitCode").asInt() == 0)
                    || (sidecars.contains(container)
                            && container.path("started").asBoolean());
            if (done) {
                continue;
            }
            if (terminated.isObject()) {
                return "Init:" + ended(terminated);
            }
            return waiting.isEmpty() || waiting.equals("PodInitializing")
                    ? "Init:" + i + "/" + spec.path("initContainers").size()
                    : "Init:" + waiting;
        }
        return "";
    }

    private static String ended(JsonNode terminated) {
        String reason = terminated.path("reason").asText();
        if (!reason.isEmpty()) {
            return reason;
        }
        int signal = terminated.path("signal").asInt();
        return signal != 0
                ? "Signal:" + signal
                : "ExitCode:" + terminated.path("exitCode").asInt();
    }

    /** Restarts, and when the last was. */
    String restarts() {
        List<JsonNode> counted = new ArrayList<>(
                initializing.isEmpty() ? sidecarStatuses() : list(status.path("initContainerStatuses")));
        if (initializing.isEmpty()) {
            counted.addAll(list(status.path("containerStatuses")));
        }
        int restarts = counted.stream()
                .mapToInt(each -> each.path("restartCount").asInt())
                .sum();
        Optional<Instant> last = counted.stream()
                .map(each -> each.path("lastState").path("terminated").path("finishedAt"))
                .flatMap(each -> time(each).stream())
                .max(Instant::compareTo);
        return restarts > 0 && last.isPresent()
                ? restarts + " (" + HumanDuration.of(Duration.between(last.get(), now)) + " ago)"
                : Integer.toString(restarts);
    }

    private static Optional<Instant> time(JsonNode timestamp) {
        try {
            return timestamp.isTextual()
                    ? Optional.of(OffsetDateTime.parse(timestamp.textValue()).toInstant())
                    : Optional.empty();
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    String ip() {
        String first = status.path("podIPs").path(0).path("ip").asText();
        return orNone(first.isEmpty() ? status.path("podIP").asText() : first);
    }

    String node() {
        return orNone(spec.path("nodeName").asText());
    }

    String nominatedNode() {
        return orNone(status.path("nominatedNodeName").asText());
    }

    String readinessGates() {
        List<JsonNode> gates = list(spec.path("readinessGates"));
        long met = gates.stream()
                .filter(gate -> isTrue(gate.path("conditionType").asText()))
                .count();
        return gates.isEmpty() ? "<none>" : met + "/" + gates.size();
    }

    private boolean isTrue(String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items;
    }
}
