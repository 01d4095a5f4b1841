package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.schema.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What Kubernetes does with pods beyond their schema (pkg/apis/core/v1 defaults, pkg/apis/core/validation), as far as it matters
 * where nothing runs them: the image's tag decides the pull policy, containers and mounts are named rightly, and of a spec
 * only images, the deadline and further tolerations may change.
 */
final class Pods implements Admission {
    private static final String RESOURCE = "pods";
    private static final List<String> CONTAINERS = List.of("initContainers", "containers");
    private static final String FROZEN = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to"
            + " existing tolerations)";

    @Override
    public void admit(Attempt attempt) {
        if (!attempt.isAbout(RESOURCE)
                || attempt.deletion()
                || !attempt.subresource().isEmpty()
                || !(attempt.object().get("spec") instanceof ObjectNode spec)) {
            return;
        }
        complete(spec);
        check(spec, attempt.errors());
        ObjectNode old = attempt.old();
        if (old != null) {
            checkChange(spec, old.path("spec"), attempt.errors());
        }
    }

    private static void complete(ObjectNode spec) {
        String account = spec.path("serviceAccountName")
                .asText(spec.path("serviceAccount").asText());
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account).put("serviceAccount", account);
        }
        for (String field : CONTAINERS) {
            for (JsonNode container : spec.path(field)) {
                if (container instanceof ObjectNode object && !object.has("imagePullPolicy")) {
                    object.put(
                            "imagePullPolicy", pullPolicy(object.path("image").asText()));
                }
            }
        }
    }

    /** A digest fixes the image, and so does a tag other than {@code latest}, by convention. */
    private static String pullPolicy(String image) {
        if (image.contains("@")) {
            return "IfNotPresent";
        }
        String last = image.substring(image.lastIndexOf('/') + 1);
        int colon = last.indexOf(':');
        return colon < 0 || last.substring(colon + 1).equals("latest") ? "Always" : "IfNotPresent";
    }

    private static void check(ObjectNode spec, List<FieldError> errors) {
        if (spec.path("containers").isArray() && spec.path("containers").isEmpty()) {
            errors.add(FieldError.required("spec.containers", ""));
        }
        Set<String> volumes = new HashSet<>();
        int at = 0;
        for (JsonNode volume : spec.path("volumes")) {
            volumes.add(volume.path("name").asText());
            checkName(volume, "spec.volumes[" + at++ + "]", errors);
        }
        for (String field : CONTAINERS) {
            int index = 0;
            for (JsonNode container : spec.path(field)) {
                String place = "spec." + field + "[" + index++ + "]";
                checkName(container, place, errors);
                if (container.path("image").asText().isEmpty()) {
                    errors.add(FieldError.required(place + ".image", ""));
                }
                int mounted = 0;
                for (JsonNode mount : container.path("volumeMounts")) {
                    String name = mount.path("name").asText();
                    if (!name.isEmpty() && !volumes.contains(name)) {
                        errors.add(FieldError.notFound(place + ".volumeMounts[" + mounted + "].name", name));
                    }
                    mounted++;
                }
            }
        }
    }

    private static void checkName(JsonNode named, String place, List<FieldError> errors) {
        String name = named.path("name").asText();
        if (named.has("name") && name.isEmpty()) {
            errors.add(FieldError.required(place + ".name", ""));
        } else if (!name.isEmpty()) {
            Names.labelProblems(name)
                    .forEach(problem -> errors.add(FieldError.invalid(place + ".name", '"' + name + '"', problem)));
        }
    }

    private static void checkChange(ObjectNode spec, JsonNode old, List<FieldError> errors) {
        if (!Json.same(frozen(spec), frozen(old))) {
            errors.add(FieldError.forbidden("spec", FROZEN));
        }
        JsonNode before = old.path("activeDeadlineSeconds");
        JsonNode after = spec.path("activeDeadlineSeconds");
        if (before.isNumber() && !after.isNumber()) {
            errors.add(FieldError.invalid(
                    "spec.activeDeadlineSeconds", "null", "must not update from a positive integer to nil value"));
        } else if (before.isNumber() && after.asLong() > before.asLong()) {
            errors.add(FieldError.invalid(
                    "spec.activeDeadlineSeconds", after.asText(), "must be less than or equal to previous value"));
        }
        Set<JsonNode> kept = new HashSet<>();
        spec.path("tolerations").forEach(toleration -> kept.add(withoutSeconds(toleration)));
        for (JsonNode toleration : old.path("tolerations")) {
            if (!kept.contains(withoutSeconds(toleration))) {
                errors.add(FieldError.forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
                return;
            }
        }
    }

    private static ObjectNode frozen(JsonNode spec) {
        ObjectNode copy = spec.deepCopy();
        copy.remove(List.of("activeDeadlineSeconds", "tolerations"));
        for (String field : CONTAINERS) {
            copy.path(field).forEach(container -> ((ObjectNode) container).remove("image"));
        }
        return copy;
    }

    private static JsonNode withoutSeconds(JsonNode toleration) {
        return ((ObjectNode) toleration.deepCopy()).without("tolerationSeconds");
    }
}
