package dev.capstan.cli.connect;

import dev.capstan.cli.session.Home;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a client of Azure's has to know of a control plane. The secret is not in it, but where it is: what is printed here ends up
 * in scrollbacks and in shells' histories.
 *
 * @param endpoint {@code https://HOST:PORT}
 * @param authority the CA certificate to trust, PEM
 * @param subscription the one subscription
 * @param tenant of the service principal
 * @param clientId the service principal
 * @param secret the file with nothing but her secret
 */
record Coordinates(String endpoint, Path authority, String subscription, String tenant, String clientId, Path secret) {

    /** Those of the session's home, whose own service principal is its subscription's Owner. */
    static Coordinates of(Session session) {
        Home home = session.home();
        var server = home.runningServer();
        var principal = home.folder().resolve("principal.json");
        try {
            var json = Json.parse(Files.readString(principal));
            return new Coordinates(
                    server.endpoint().toString(),
                    Path.of(server.caFile()),
                    home.subscription(),
                    json.path("tenantId").asText(),
                    json.path("clientId").asText(),
                    home.folder().resolve("principal.secret"));
        } catch (IOException e) {
            throw Problem.failed(
                    "Cannot read " + principal + ": " + e.getMessage() + ".",
                    "Run the command as the user that runs 'capstan up'.",
                    e);
        }
    }

    /** A text with these in place of {@code @endpoint@} and its like. */
    String into(String template) {
        return template.replace("@endpoint@", endpoint)
                .replace("@authority@", authority.toString())
                .replace("@subscription@", subscription)
                .replace("@tenant@", tenant)
                .replace("@clientId@", clientId)
                .replace("@secret@", secret.toString());
    }
}
