package dev.capstan.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.http.Connection;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.Map;
import java.util.Optional;

/**
 * A Kubernetes API, spoken to as the administrator. Paths begin with the cluster's prefix, such as {@code /clusters/management/apis/capstan.dev/v1/managedclusters}.
 */
public final class Api implements AutoCloseable {

    private final Connection connection;

    private Api(Connection connection) {
        this.connection = connection;
    }

    /** The API of the home's control plane. Throws a {@link Problem} if it does not run. */
    public static Api of(Session session) {
        return new Api(Connection.of(session));
    }

    /** The object, or nothing if there is none. */
    public Optional<JsonNode> find(String path) {
        var answer = get(path);
        return answer.status() == 404 ? Optional.empty() : Optional.of(succeeded(path, answer));
    }

    /** Everything at a collection; an array. */
    public JsonNode list(String path) {
        return succeeded(path, get(path)).path("items");
    }

    private static JsonNode succeeded(String path, Answer answer) {
        if (!answer.isGood()) {
            throw refused(path, answer.status(), answer.body());
        }
        return Json.parse(answer.body());
    }

    @Override
    public void close() {
        connection.close();
    }

    private Answer get(String path) {
        return connection.send("GET", path, "", Map.of());
    }

    private static Problem refused(String path, int status, String body) {
        var advice = switch (status) {
            case 401 -> "Is CAPSTAN_HOME the home of the control plane that runs? Its admin.token was refused.";
            case 404 -> "Run 'capstan aks list' to see what there is.";
            default -> "See the log in CAPSTAN_HOME/log/server.log.";
        };
        return new Problem(
                status == 404 ? ExitCode.NOT_FOUND : ExitCode.FAILED,
                "The API answered " + status + " to " + path + ": " + message(body),
                advice,
                null);
    }

    /** The message of a Kubernetes Status, or the body as it is. */
    private static String message(String body) {
        try {
            var message = Json.parse(body).path("message").asText("");
            return message.isEmpty() ? body.strip() : message;
        } catch (Problem noJson) {
            return body.strip();
        }
    }
}
