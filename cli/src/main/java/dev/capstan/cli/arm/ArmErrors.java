package dev.capstan.cli.arm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.util.Locale;

/** ARM's errors as az prints them, and after them what to do about it, where Capstan knows. */
final class ArmErrors {

    private ArmErrors() {}

    /** The problem that a refusal tells of. */
    static Problem of(int status, String body) {
        return problem(status, errorIn(body));
    }

    /** The problem that an operation ended with. */
    static Problem of(JsonNode error) {
        return problem(200, error);
    }

    private static Problem problem(int status, JsonNode error) {
        var code = error.path("code").asText("");
        var message = error.path("message").asText("");
        if (code.isEmpty()) {
            code = "HTTP " + status;
        }
        if (message.isEmpty()) {
            message = error.isTextual() ? error.asText() : "the API gave no reason";
        }
        var text = new StringBuilder("(" + code + ") " + message);
        text.append(String.format("%nCode: %s%nMessage: %s", code, message));
        var target = error.path("target").asText("");
        if (!target.isEmpty()) {
            text.append(String.format("%nTarget: %s", target));
        }
        for (var detail : error.path("details")) {
            text.append(String.format(
                    "%nDetail: (%s) %s",
                    detail.path("code").asText(""), detail.path("message").asText("")));
        }
        return new Problem(
                status == 404 ? ExitCode.NOT_FOUND : ExitCode.FAILED,
                text.toString(),
                advice(status, code, message),
                null);
    }

    /** Both shapes that AKS answers in: {@code {"error": {...}}} of ARM's gateway, and the bare one of its own. */
    private static JsonNode errorIn(String body) {
        try {
            var json = Json.parse(body);
            if (json.path("error").isObject()) {
                return json.path("error");
            }
            return json.isObject() ? json : Json.text(body.strip());
        } catch (Problem noJson) {
            return Json.text(body.strip());
        }
    }

    private static String advice(int status, String code, String message) {
        if (message.contains("CustomCATrustPreview")) {
            return "Register it: capstan feature register --namespace Microsoft.ContainerService --name CustomCATrustPreview";
        }
        if (message.contains("no operation in progress")) {
            return "";
        }
        return switch (code.toLowerCase(Locale.ROOT)) {
            case "resourcegroupnotfound" ->
                "'capstan group list' shows those there are; 'capstan group create -n GROUP -l local' makes one.";
            case "resourcenotfound", "notfound" -> "'capstan aks list -o table' shows the clusters there are.";
            case "operationnotallowed", "etagmismatch", "conflict" ->
                "Wait for what runs with 'capstan aks wait -g GROUP -n CLUSTER --updated', or end it with 'capstan aks operation-abort'.";
            case "removalwouldbreakendpoints" ->
                "'capstan node trust' shows what each node's endpoints were last proven with.";
            case "refuted" ->
                "'capstan node doctor NODE ENDPOINT' shows the chain that the endpoint sends, and which CA is missing.";
            case "preconditionfailed" -> "It was changed meanwhile: read it again and repeat the change.";
            case "draintimedout", "undrainablenode" ->
                "A PodDisruptionBudget forbids it; 'kubectl get pdb -A' shows which. The next update goes on where this one stopped.";
            default ->
                status == 401
                        ? "Is CAPSTAN_HOME the home of the control plane that runs? Its admin.token was refused."
                        : status >= 500 ? "See the log in CAPSTAN_HOME/log/server.log." : "";
        };
    }
}
