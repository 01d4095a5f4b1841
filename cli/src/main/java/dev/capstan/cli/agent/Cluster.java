package dev.capstan.cli.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.http.HttpsClient;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Messages;
import dev.capstan.cli.session.Problem;
import dev.capstan.resources.Names;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Kubernetes API as its user sees it: objects as JSON, refusals as {@link Problem}s in words. */
final class Cluster implements AutoCloseable {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Kubeconfig kubeconfig;
    private final HttpsClient client;
    private final Messages messages;

    Cluster(Kubeconfig kubeconfig, Messages messages) {
        this.kubeconfig = kubeconfig;
        this.client = kubeconfig.client();
        this.messages = messages;
    }

    /** The object at this path, or nothing if there is none. */
    Optional<JsonNode> find(String path) {
        var answer = send("GET", path, JSON, "");
        return answer.status() == 404 ? Optional.empty() : Optional.of(good("GET", path, answer));
    }

    /** Posts to a collection or a subresource; what the API made of it. */
    JsonNode post(String path, Object body) {
        return good("POST", path, send("POST", path, JSON, Json.write(tree(body))));
    }

    /**
     * Makes an object, or brings the one that is there to hold what this one says; members it does not name are left.
     *
     * @return whether anything was written
     */
    boolean ensure(String collection, Map<String, Object> manifest) {
        var wanted = tree(manifest);
        var path = collection + "/" + wanted.at("/metadata/name").asText();
        var there = find(path);
        if (there.isEmpty()) {
            var answer = send("POST", collection, JSON, Json.write(wanted));
            if (answer.status() != 409) {
                good("POST", collection, answer);
                return true;
            }
            there = find(path);
        }
        if (there.isPresent() && holds(there.get(), wanted)) {
            return false;
        }
        good("PATCH", path, send("PATCH", path, MERGE_PATCH, Json.write(wanted)));
        return true;
    }

    /** Deletes an object, or finds that there is none. */
    void delete(String path) {
        var answer = send("DELETE", path, JSON, "");
        if (answer.status() != 404) {
            good("DELETE", path, answer);
        }
    }

    /** The UID of {@code kube-system}, which tells this cluster from any other. */
    String uid() {
        return find("/api/v1/namespaces/" + Names.SECRET_NAMESPACE)
                .map(namespace -> namespace.at("/metadata/uid").asText(""))
                .filter(uid -> !uid.isEmpty())
                .orElseThrow(() -> Problem.failed(
                        "The API of " + kubeconfig + " tells no UID of the namespace " + Names.SECRET_NAMESPACE + ".",
                        "Is that the API of a Kubernetes cluster?"));
    }

    /** How it is reached, and as whom. */
    Kubeconfig kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() {
        client.close();
    }

    private Answer send(String method, String path, String type, String body) {
        try {
            var answer = client.send(method, path, type, body);
            messages.debug(() -> method + " " + kubeconfig.server() + path + " -> " + answer.status());
            return answer;
        } catch (IOException failed) {
            throw Problem.failed(
                    "The API of " + kubeconfig + " cannot be reached: " + failed.getMessage() + ".",
                    "Does 'kubectl get --raw /readyz' with the same kubeconfig answer from here?",
                    failed);
        }
    }

    private JsonNode good(String method, String path, Answer answer) {
        if (answer.isGood()) {
            return answer.json();
        }
        var message = words(answer.body());
        throw new Problem(
                ExitCode.FAILED,
                "The API answered " + answer.status() + " to " + method + " " + path + ": " + message + ".",
                switch (answer.status()) {
                    case 401 ->
                        "The credential of " + kubeconfig.source()
                                + " is refused: it has expired or is another cluster's.";
                    case 403 -> "The user of " + kubeconfig.source() + " may not do that.";
                    default -> "";
                },
                null);
    }

    /** The message of a Kubernetes Status, or the body as it is. */
    private static String words(String body) {
        try {
            var message = Json.parse(body).path("message").asText("");
            return (message.isEmpty() ? body : message).strip();
        } catch (Problem noJson) {
            return body.strip();
        }
    }

    /** Whether the object says all that is wanted of it. */
    private static boolean holds(JsonNode there, JsonNode wanted) {
        if (!wanted.isObject()) {
            return there.equals(wanted);
        }
        for (var member : wanted.properties()) {
            if (!holds(there.path(member.getKey()), member.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode tree(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var object = Json.object();
                map.forEach((key, member) -> object.set(String.valueOf(key), tree(member)));
                yield object;
            }
            case List<?> list -> {
                var array = Json.array();
                list.forEach(member -> array.add(tree(member)));
                yield array;
            }
            case Boolean truth -> Json.truth(truth);
            case Number number -> Json.parse(number.toString());
            default -> Json.text(value.toString());
        };
    }
}
