package dev.capstan.cli.arm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.http.Connection;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Follows what a write began to its end, as ARM's clients do: the URL of {@code Azure-AsyncOperation} if there is one, else
 * that of {@code Location} (202 means not yet), else the resource's own {@code provisioningState}. The first look comes at
 * once, the next after the pause that the last answer asked for. While the control plane is away (it may be started anew)
 * looking goes on for two minutes.
 *
 * <p>The operation is the control plane's: whoever stops waiting stops nothing, and is told so.
 */
public final class LongRunning {

    private static final Duration USUAL_PAUSE = Duration.ofSeconds(1);
    private static final Duration AWAY = Duration.ofMinutes(2);
    private static final Set<String> ENDS = Set.of("succeeded", "failed", "canceled");

    private final Arm arm;
    private final Session session;
    private final String farewell;

    /**
     * Operations on one resource.
     *
     * @param goOn what to do for whoever stops waiting: how to wait again, how to abort
     */
    public LongRunning(Arm arm, String goOn) {
        this.arm = arm;
        this.session = arm.session();
        this.farewell = goOn;
    }

    /**
     * Waits for the end of what this answer began. Throws a {@link Problem} in az's words if it failed or was canceled.
     *
     * @param begun the answer to the write
     * @param resource path of the resource that was written
     */
    public void await(Answer begun, String resource) {
        var hook = Thread.ofPlatform()
                .unstarted(() -> session.err()
                        .println(System.lineSeparator() + "Not waiting any longer; the operation goes on."
                                + System.lineSeparator() + "  " + farewell));
        Runtime.getRuntime().addShutdownHook(hook);
        try (var board = new Board(session)) {
            follow(begun, resource, board);
        } finally {
            forget(hook);
        }
    }

    private void follow(Answer begun, String resource, Board board) {
        var operation = begun.header("azure-asyncoperation");
        var location = begun.header("location");
        if (!operation.isEmpty()) {
            byOperation(Arm.pathOf(operation), board);
        } else if (!location.isEmpty() && begun.status() == 202) {
            byLocation(Arm.pathOf(location));
        } else if (begun.status() != 204 && !begun.body().isBlank() && !isEnded(state(begun.json()))) {
            byState(resource, board);
        }
    }

    private void byOperation(String path, Board board) {
        var progress = new PoolProgress();
        while (true) {
            var answer = look(path);
            var body = answer.json();
            var status = body.path("status").asText("");
            if (isEnded(status)) {
                ended(status, body);
                return;
            }
            board.show(progress.lines(body.path("properties"), System.nanoTime()));
            Arm.pause(answer.pause(USUAL_PAUSE));
        }
    }

    private static void ended(String status, JsonNode operation) {
        if (status.equalsIgnoreCase("succeeded")) {
            return;
        }
        if (!operation.path("error").path("code").asText("").isEmpty()) {
            throw ArmErrors.of(operation.path("error"));
        }
        throw Problem.failed(
                "Operation returned an invalid status 'OK'",
                "It ended as " + status + "; 'capstan aks show' tells where the cluster stands.");
    }

    private void byLocation(String path) {
        for (var answer = look(path); answer.status() == 202; answer = look(path)) {
            Arm.pause(answer.pause(USUAL_PAUSE));
        }
    }

    private void byState(String resource, Board board) {
        while (true) {
            var answer = look(resource);
            var state = state(answer.json());
            if (isEnded(state)) {
                ended(state, Json.object());
                return;
            }
            board.show(List.of(state));
            Arm.pause(answer.pause(USUAL_PAUSE));
        }
    }

    /** One look; a control plane that is away for a while is waited for. */
    private Answer look(String path) {
        var given = System.nanoTime() + AWAY.toNanos();
        while (true) {
            try {
                var answer = arm.send("GET", path, "", Map.of());
                if (!answer.isGood()) {
                    throw ArmErrors.of(answer.status(), answer.body());
                }
                return answer;
            } catch (Connection.Unreachable away) {
                if (System.nanoTime() > given) {
                    throw away;
                }
                session.messages().info(away.getMessage() + " Looking again.");
                Arm.pause(USUAL_PAUSE);
            }
        }
    }

    private static String state(JsonNode resource) {
        return resource.at("/properties/provisioningState").asText("Succeeded");
    }

    private static boolean isEnded(String status) {
        return ENDS.contains(status.toLowerCase(Locale.ROOT));
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interruptedAtTheLastMoment) {
            // The hook runs already, and what it says is still true of the wait.
            return;
        }
    }
}
