package dev.capstan.embeddedkubernetes.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.capstan.embeddedkubernetes.kinds.ColumnPath;
import dev.capstan.embeddedkubernetes.kinds.PrinterColumn;
import dev.capstan.embeddedkubernetes.selector.ObjectSelector;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes the cells of one object's row: a path into the object, or one of the computed cells that {@code kinds.json} names.
 * What they show and what stands for "nothing" is that of a real API server (k8s.io/kubernetes, pkg/printers).
 */
final class Cells {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");

    private final JsonNode object;
    private final Instant now;

    Cells(JsonNode object, Instant now) {
        this.object = object;
        this.now = now;
    }

    /** The cell of a column. */
    JsonNode cell(PrinterColumn column) {
        if (column.isPath()) {
            return pathCell(ColumnPath.first(object, column.source()), column.type());
        }
        return switch (column.source()) {
            case "age" -> text(age(object.path("metadata").path("creationTimestamp")));
            case "createdAt" -> text(createdAt());
            case "dataCount" ->
                JSON.numberNode(
                        object.path("data").size() + object.path("binaryData").size());
            case "secretsCount" -> JSON.numberNode(object.path("secrets").size());
            case "nodeStatus" -> text(nodeStatus());
            case "nodeRoles" -> text(nodeRoles());
            case "nodeVersion" -> text(nodeInfo("kubeletVersion").asText());
            case "nodeInternalIp" -> text(nodeAddress("InternalIP"));
            case "nodeExternalIp" -> text(nodeAddress("ExternalIP"));
            case "nodeOsImage" -> text(orUnknown(nodeInfo("osImage")));
            case "nodeKernel" -> text(orUnknown(nodeInfo("kernelVersion")));
            case "nodeRuntime" -> text(orUnknown(nodeInfo("containerRuntimeVersion")));
            case "eventLastSeen" -> text(eventLastSeen());
            case "eventFirstSeen" -> text(eventFirstSeen());
            case "eventCount" -> JSON.numberNode(eventCount());
            case "eventObject" -> text(eventObject());
            case "eventSource" -> text(eventSource());
            case "eventMessage" -> text(object.path("message").asText().strip());
            case "roleRef" ->
                text(object.path("roleRef").path("kind").asText() + "/"
                        + object.path("roleRef").path("name").asText());
            case "subjectUsers" -> text(subjects("User"));
            case "subjectGroups" -> text(subjects("Group"));
            case "subjectServiceAccounts" -> text(subjects("ServiceAccount"));
            case "podReady" -> text(pod().ready());
            case "podStatus" -> text(pod().word());
            case "podRestarts" -> text(pod().restarts());
            case "podIp" -> text(pod().ip());
            case "podNode" -> text(pod().node());
            case "podNominatedNode" -> text(pod().nominatedNode());
            case "podReadinessGates" -> text(pod().readinessGates());
            case "budgetMinAvailable" ->
                text(orNotApplicable(object.path("spec").path("minAvailable")));
            case "budgetMaxUnavailable" ->
                text(orNotApplicable(object.path("spec").path("maxUnavailable")));
            case "budgetAllowed" ->
                JSON.numberNode(object.path("status").path("disruptionsAllowed").asLong());
            case "templateNodeSelector" -> text(nodeSelector());
            case "templateContainers" -> text(templateContainers("name"));
            case "templateImages" -> text(templateContainers("image"));
            case "selector" -> text(new ObjectSelector(object.path("spec").path("selector")).text());
            default -> throw new IllegalStateException("kinds.json names the unknown cell " + column.source());
        };
    }

    private PodCells pod() {
        return new PodCells(object, now);
    }

    private static String orNotApplicable(JsonNode amount) {
        return amount.isValueNode() && !amount.isNull() ? amount.asText() : "N/A";
    }

    private JsonNode template() {
        return object.path("spec").path("template").path("spec");
    }

    private String nodeSelector() {
        String labels = template().path("nodeSelector").properties().stream()
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .sorted()
                .collect(Collectors.joining(","));
        return labels.isEmpty() ? "<none>" : labels;
    }

    private String templateContainers(String field) {
        List<String> values = new ArrayList<>();
        template()
                .path("containers")
                .forEach(container -> values.add(container.path(field).asText()));
        return String.join(",", values);
    }

    /** A value of an object, in the type of its column; what does not fit the type is null. */
    private JsonNode pathCell(JsonNode value, String type) {
        if (value.isMissingNode() || value.isNull()) {
            return type.equals("string") && object.path("kind").asText().equals("Event") ? text("") : JSON.nullNode();
        }
        return switch (type) {
            case "string" -> text(value.isValueNode() ? value.asText() : value.toString());
            case "integer" -> value.isNumber() ? JSON.numberNode(value.longValue()) : JSON.nullNode();
            case "number" -> value.isNumber() ? value : JSON.nullNode();
            case "boolean" -> value.isBoolean() ? value : JSON.nullNode();
            case "date" -> value.isTextual() ? text(time(value).map(this::since).orElse("<invalid>")) : JSON.nullNode();
            default -> JSON.nullNode();
        };
    }

    private String age(JsonNode timestamp) {
        return time(timestamp).map(this::since).orElse("<unknown>");
    }

    private String since(Instant time) {
        return HumanDuration.of(Duration.between(time, now));
    }

    private static Optional<Instant> time(JsonNode timestamp) {
        if (!timestamp.isTextual()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(timestamp.textValue()).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private String createdAt() {
        return time(object.path("metadata").path("creationTimestamp"))
                .map(t -> SECONDS.format(t.atOffset(ZoneOffset.UTC)))
                .orElse("<unknown>");
    }

    private String nodeStatus() {
        String ready = "Unknown";
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                ready = condition.path("status").asText().equals("True") ? "Ready" : "NotReady";
            }
        }
        return object.path("spec").path("unschedulable").asBoolean() ? ready + ",SchedulingDisabled" : ready;
    }

    private String nodeRoles() {
        Set<String> roles = new TreeSet<>();
        object.path("metadata").path("labels").properties().forEach(label -> {
            if (label.getKey().startsWith(ROLE_PREFIX)) {
                roles.add(label.getKey().substring(ROLE_PREFIX.length()));
            } else if (label.getKey().equals("kubernetes.io/role")) {
                roles.add(label.getValue().asText());
            }
        });
        roles.remove("");
        return roles.isEmpty() ? "<none>" : String.join(",", roles);
    }

    private JsonNode nodeInfo(String field) {
        return object.path("status").path("nodeInfo").path(field);
    }

    private String nodeAddress(String type) {
        for (JsonNode address : object.path("status").path("addresses")) {
            if (address.path("type").asText().equals(type)) {
                return address.path("address").asText();
            }
        }
        return "<none>";
    }

    private static String orUnknown(JsonNode value) {
        return value.asText().isEmpty() ? "<unknown>" : value.asText();
    }

    private String eventFirstSeen() {
        JsonNode first = object.path("firstTimestamp");
        return age(first.isTextual() ? first : object.path("eventTime"));
    }

    private String eventLastSeen() {
        if (object.path("series").isObject()) {
            return age(object.path("series").path("lastObservedTime"));
        }
        JsonNode last = object.path("lastTimestamp");
        return last.isTextual() ? age(last) : eventFirstSeen();
    }

    private long eventCount() {
        if (object.path("series").isObject()) {
            // The event before the series is not counted in it.
            return object.path("series").path("count").asLong() + 1;
        }
        return Math.max(1, object.path("count").asLong());
    }

    private String eventObject() {
        JsonNode involved = object.path("involvedObject");
        String kind = involved.path("kind").asText().toLowerCase(Locale.ROOT);
        String name = involved.path("name").asText();
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    private String eventSource() {
        String component = first(object.path("source").path("component"), object.path("reportingComponent"));
        String instance = first(object.path("source").path("host"), object.path("reportingInstance"));
        return instance.isEmpty() ? component : component + ", " + instance;
    }

    private static String first(JsonNode one, JsonNode other) {
        return one.asText().isEmpty() ? other.asText() : one.asText();
    }

    private String subjects(String kind) {
        List<JsonNode> all = new ArrayList<>();
        object.path("subjects").forEach(all::add);
        return all.stream()
                .filter(s -> s.path("kind").asText().equals(kind))
                .map(s -> (s.path("namespace").asText().isEmpty()
                                ? ""
                                : s.path("namespace").asText() + "/")
                        + s.path("name").asText())
                .collect(Collectors.joining(", "));
    }

    private static JsonNode text(String text) {
        return JSON.textNode(text);
    }
}
