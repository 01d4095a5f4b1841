package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What Kubernetes does with Secrets and ConfigMaps beyond their schema (pkg/registry/core/secret,
 * pkg/apis/core/validation): {@code stringData} is folded into {@code data}, the type defaults to Opaque and never
 * changes, {@code immutable} is respected, keys are file names, all data together is at most 1 MiB.
 */
final class SecretsAndConfigMaps implements Admission {
    private static final int MAX_DATA = 1024 * 1024;
    private static final int MAX_KEY = 253;
    private static final String KEY_WORDS = "a valid config key must consist of alphanumeric characters, '-', '_' or"
            + " '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    @Override
    public void admit(Attempt attempt) {
        if (attempt.deletion()) {
            return;
        }
        if (attempt.isAbout("secrets")) {
            foldStringData(attempt.object());
            checkData(attempt, List.of("data"));
            checkType(attempt);
            checkImmutable(attempt, List.of("data"));
        } else if (attempt.isAbout("configmaps")) {
            checkData(attempt, List.of("data", "binaryData"));
            checkImmutable(attempt, List.of("data", "binaryData"));
        }
    }

    private static void foldStringData(ObjectNode secret) {
        JsonNode strings = secret.remove("stringData");
        if (strings instanceof ObjectNode && !strings.isEmpty()) {
            ObjectNode data = secret.get("data") instanceof ObjectNode there ? there : secret.putObject("data");
            for (Map.Entry<String, JsonNode> entry : strings.properties()) {
                byte[] bytes = entry.getValue().asText("").getBytes(StandardCharsets.UTF_8);
                data.put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
            }
        }
    }

    private static void checkData(Attempt attempt, List<String> fields) {
        long size = 0;
        for (String field : fields) {
            for (Map.Entry<String, JsonNode> entry :
                    attempt.object().path(field).properties()) {
                String key = entry.getKey();
                String text = entry.getValue().asText("");
                size += field.equals("data") && attempt.isAbout("configmaps")
                        ? text.getBytes(StandardCharsets.UTF_8).length
                        : decodedLength(text);
                String place = field + "[" + key + "]";
                if (!key.matches("[-._a-zA-Z0-9]+")) {
                    attempt.errors().add(FieldError.invalid(place, "\"" + key + "\"", KEY_WORDS));
                } else if (key.length() > MAX_KEY) {
                    attempt.errors()
                            .add(FieldError.invalid(
                                    place, "\"" + key + "\"", "must be no more than " + MAX_KEY + " characters"));
                } else if (key.equals(".") || key.startsWith("..")) {
                    attempt.errors()
                            .add(FieldError.invalid(
                                    place, "\"" + key + "\"", "must not be '.', and must not start with '..'"));
                }
            }
        }
        if (size > MAX_DATA) {
            attempt.errors().add(FieldError.tooLong(fields.getFirst(), "may not be more than " + MAX_DATA + " bytes"));
        }
    }

    private static long decodedLength(String base64) {
        int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        return base64.length() / 4L * 3 - padding;
    }

    private static void checkType(Attempt attempt) {
        ObjectNode secret = attempt.object();
        ObjectNode old = attempt.old();
        if (secret.path("type").asText("").isEmpty()) {
            secret.put("type", old == null ? "Opaque" : old.path("type").asText("Opaque"));
        }
        String type = secret.path("type").asText("");
        if (old != null && !old.path("type").asText("").equals(type)) {
            attempt.errors().add(FieldError.invalid("type", "\"" + type + "\"", "field is immutable"));
        }
        List<String> required = switch (type) {
            case "kubernetes.io/tls" -> List.of("tls.crt", "tls.key");
            case "kubernetes.io/dockerconfigjson" -> List.of(".dockerconfigjson");
            case "kubernetes.io/ssh-auth" -> List.of("ssh-privatekey");
            default -> List.of();
        };
        for (String key : required) {
            if (!secret.path("data").has(key)) {
                attempt.errors().add(FieldError.required("data[" + key + "]", ""));
            }
        }
    }

    private static void checkImmutable(Attempt attempt, List<String> fields) {
        ObjectNode old = attempt.old();
        if (old == null || !old.path("immutable").asBoolean(false)) {
            return;
        }
        String words = "field is immutable when `immutable` is set";
        if (!attempt.object().path("immutable").asBoolean(false)) {
            attempt.errors().add(FieldError.forbidden("immutable", words));
        }
        for (String field : fields) {
            JsonNode before = old.path(field);
            JsonNode after = attempt.object().path(field);
            if (!(before.isEmpty() && after.isEmpty()) && !Json.same(before, after)) {
                attempt.errors().add(FieldError.forbidden(field, words));
            }
        }
    }
}
