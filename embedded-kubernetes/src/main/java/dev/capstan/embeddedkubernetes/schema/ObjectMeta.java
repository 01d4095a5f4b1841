package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.NameFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Checks {@code metadata}, in the words of Kubernetes (k8s.io/apimachinery, package api/validation). Types are not checked
 * here: {@link Decoding} has done that.
 */
public final class ObjectMeta {

    private static final int MOST_ANNOTATION_BYTES = 256 * 1024;
    private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");

    private final List<FieldError> errors = new ArrayList<>();

    private ObjectMeta() {}

    /** All that is wrong with an object's {@code metadata}: name, namespace, labels, annotations, owners, finalizers. */
    public static List<FieldError> validate(Kind kind, ObjectNode object) {
        ObjectMeta check = new ObjectMeta();
        JsonNode metadata = object.path("metadata");
        check.names(kind, metadata);
        check.namespace(kind, metadata.path("namespace").asText());
        check.labels(metadata.path("labels"));
        check.annotations(metadata.path("annotations"));
        check.owners(metadata.path("ownerReferences"));
        check.finalizers(kind, metadata.path("finalizers"));
        return List.copyOf(check.errors);
    }

    /** What is wrong with a name of an object of a kind; empty when it may be used. */
    public static List<String> nameProblems(NameFormat format, String name) {
        return switch (format) {
            case SUBDOMAIN -> Names.subdomainProblems(name);
            case LABEL -> Names.labelProblems(name);
            case PATH_SEGMENT -> Names.pathSegmentProblems(name);
        };
    }

    private void names(Kind kind, JsonNode metadata) {
        String name = metadata.path("name").asText();
        String prefix = metadata.path("generateName").asText();
        if (!prefix.isEmpty()) {
            // A prefix may end in what a whole name may not, since something follows it.
            String whole = prefix.endsWith("-") || prefix.endsWith(".") ? prefix + "a" : prefix;
            invalid("metadata.generateName", prefix, nameProblems(kind.nameFormat(), whole));
        }
        if (name.isEmpty()) {
            if (prefix.isEmpty()) {
                errors.add(FieldError.required("metadata.name", "name or generateName is required"));
            }
        } else {
            invalid("metadata.name", name, nameProblems(kind.nameFormat(), name));
        }
    }

    private void namespace(Kind kind, String namespace) {
        if (!kind.namespaced()) {
            if (!namespace.isEmpty()) {
                errors.add(FieldError.forbidden("metadata.namespace", "not allowed on this type"));
            }
        } else if (namespace.isEmpty()) {
            errors.add(FieldError.required("metadata.namespace", ""));
        } else {
            invalid("metadata.namespace", namespace, Names.labelProblems(namespace));
        }
    }

    private void labels(JsonNode labels) {
        labels.properties().forEach(label -> {
            invalid("metadata.labels", label.getKey(), Names.qualifiedNameProblems(label.getKey()));
            String value = label.getValue().asText();
            invalid("metadata.labels", value, Names.labelValueProblems(value));
        });
    }

    private void annotations(JsonNode annotations) {
        long size = 0;
        for (var annotation : annotations.properties()) {
            String key = annotation.getKey();
            invalid("metadata.annotations", key, Names.qualifiedNameProblems(key.toLowerCase(Locale.ROOT)));
            size += key.getBytes(StandardCharsets.UTF_8).length;
            size += annotation.getValue().asText().getBytes(StandardCharsets.UTF_8).length;
        }
        if (size > MOST_ANNOTATION_BYTES) {
            errors.add(FieldError.tooLong(
                    "metadata.annotations", "may not be more than " + MOST_ANNOTATION_BYTES + " bytes"));
        }
    }

    private void owners(JsonNode owners) {
        String controller = "";
        int index = 0;
        for (JsonNode owner : owners) {
            String path = "metadata.ownerReferences[" + index++ + "]";
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (owner.path(field).asText().isEmpty()) {
                    errors.add(FieldError.invalid(path + "." + field, "\"\"", field + " must not be empty"));
                }
            }
            if (owner.path("controller").asBoolean()) {
                String name =
                        owner.path("kind").asText() + "/" + owner.path("name").asText();
                if (!controller.isEmpty()) {
                    errors.add(FieldError.invalid(
                            "metadata.ownerReferences",
                            Shown.value(owners),
                            "Only one reference can have Controller set to true. Found \"true\" in references for "
                                    + controller + " and " + name));
                }
                controller = name;
            }
        }
    }

    private void finalizers(Kind kind, JsonNode finalizers) {
        // Kubernetes asks for a slash in the finalizers of its core kinds; definitions and what they define go without
        // (customresourcecleanup.apiextensions.k8s.io is Kubernetes' own).
        boolean core = !kind.custom() && !kind.group().equals("apiextensions.k8s.io");
        for (JsonNode finalizer : finalizers) {
            String name = finalizer.asText();
            invalid("metadata.finalizers", name, Names.qualifiedNameProblems(name));
            if (core && !name.contains("/") && !STANDARD_FINALIZERS.contains(name)) {
                errors.add(FieldError.invalid(
                        "metadata.finalizers",
                        Shown.quoted(name),
                        "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
    }

    private void invalid(String field, String value, List<String> problems) {
        problems.forEach(problem -> errors.add(FieldError.invalid(field, Shown.quoted(value), problem)));
    }
}
