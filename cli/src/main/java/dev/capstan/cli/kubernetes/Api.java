package dev.capstan.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.http.Connection;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/**
 * A Kubernetes API, spoken to as the administrator. It trusts the one certificate authority of CAPSTAN_HOME and nothing
 * else. Paths begin with the cluster's prefix, such as {@code /clusters/management/apis/capstan.dev/v1/managedclusters}.
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
        var response = get(path);
        return response.statusCode() == 404 ? Optional.empty() : Optional.of(succeeded(path, response));
    }

    /** Everything at a collection; an array. */
    public JsonNode list(String path) {
        return succeeded(path, get(path)).path("items");
    }

    private static JsonNode succeeded(String path, HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw refused(path, response.statusCode(), response.body());
        }
        return Json.parse(response.body());
    }

    @Override
    public void close() {
        connection.close();
    }

    private HttpResponse<String> get(String path) {
        return connection.send(connection.request(path).GET().build(), BodyHandlers.ofString());
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
