package dev.capstan.cli.session;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * CAPSTAN_HOME as a client sees it: the folder where the control plane keeps all its state, and where it leaves word of
 * itself. Whoever may read it is the administrator; that is the whole of the CLI's authentication.
 *
 * @param folder the folder, absolute; it need not be there
 */
public record Home(Path folder) {

    /** {@code $CAPSTAN_HOME}, else {@code $XDG_STATE_HOME/capstan}, else {@code ~/.local/state/capstan}. */
    public static Home of(Map<String, String> environment) {
        var given = environment.getOrDefault("CAPSTAN_HOME", "");
        if (!given.isEmpty()) {
            return new Home(Path.of(given).toAbsolutePath().normalize());
        }
        // The XDG base directory specification has relative paths ignored.
        var state = environment.getOrDefault("XDG_STATE_HOME", "");
        if (state.startsWith("/")) {
            return new Home(Path.of(state, "capstan").normalize());
        }
        var user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return new Home(Path.of(user, ".local", "state", "capstan").toAbsolutePath());
    }

    /** What the control plane said of itself, if it runs. */
    public Optional<ServerState> server() {
        return read("server.json").map(Json::parse).map(ServerState::of).filter(ServerState::isAlive);
    }

    /** What the control plane said of itself. Throws a {@link Problem} if it does not run. */
    public ServerState runningServer() {
        return server().orElseThrow(() -> Problem.notFound(
                "The control plane of " + folder + " does not run.",
                "Start it with 'capstan up --detach', or set CAPSTAN_HOME to the home of the one that runs."));
    }

    /** The administrator's token. Never to be printed. */
    public String adminToken() {
        return required("admin.token").strip();
    }

    /** The certificate authority of the API, PEM. */
    public String certificateAuthority() {
        return required("pki/ca.crt");
    }

    /** The subscription id that ARM ids of this home begin with. */
    public String subscription() {
        for (var line : required("config").lines().toList()) {
            if (line.startsWith("subscription=")) {
                return line.substring("subscription=".length()).strip();
            }
        }
        throw Problem.failed(
                folder.resolve("config") + " names no subscription.",
                "Stop the control plane and start it again: it writes what is missing there.");
    }

    /** The tenant of the service principal; empty where there is none yet. */
    public String tenant() {
        return read("principal.json")
                .map(Json::parse)
                .map(principal -> principal.path("tenantId").asText())
                .orElse("");
    }

    /** The program that the machine provider leaves for entering a machine. */
    public Path enter(String node) {
        return folder.resolve("machines").resolve(node).resolve("enter");
    }

    /** Whether machines were made that may be there still. */
    public boolean hasMachines() {
        try (var machines = Files.list(folder.resolve("machines"))) {
            return machines.findAny().isPresent();
        } catch (NoSuchFileException none) {
            return false;
        } catch (IOException e) {
            throw unreadable(folder.resolve("machines"), e);
        }
    }

    /** A copy of the JSON file, or nothing if there is none. */
    private Optional<String> read(String name) {
        var file = folder.resolve(name);
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private String required(String name) {
        return read(name)
                .orElseThrow(() -> Problem.notFound(
                        folder.resolve(name) + " is not there.",
                        "'capstan up' makes it at its first start; is CAPSTAN_HOME the right folder?"));
    }

    private static Problem unreadable(Path file, IOException cause) {
        return cause instanceof AccessDeniedException
                ? Problem.failed(
                        "You may not read " + file + ".",
                        "Run the command as the user that runs 'capstan up', or set CAPSTAN_HOME to a home of your own.",
                        cause)
                : Problem.failed(
                        "Cannot read " + file + ": " + cause.getMessage() + ".",
                        "Check the file and its folder.",
                        cause);
    }
}
