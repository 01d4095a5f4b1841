package dev.capstan.cli.arm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.http.Connection;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Azure Resource Manager's API, as the control plane serves it, asked as the administrator. A request that is told to wait
 * (429, or 503 with {@code Retry-After}) is asked again a few times; nothing else is ever sent twice.
 */
public final class Arm implements AutoCloseable {

    /** Who warns of what is in a list. */
    private static final String CERTIFICATES = "certificates";

    private static final int TRIES = 4;

    private final Connection connection;
    private final Session session;

    private Arm(Connection connection, Session session) {
        this.connection = connection;
        this.session = session;
    }

    /** Throws a {@link Problem} if the control plane of the session's home does not run. */
    public static Arm of(Session session) {
        return new Arm(Connection.of(session), session);
    }

    public String subscription() {
        return session.home().subscription();
    }

    public URI endpoint() {
        return connection.endpoint();
    }

    Session session() {
        return session;
    }

    /** The resource. Throws a {@link Problem} in az's words if there is none, or it may not be read. */
    public JsonNode get(String path) {
        return good(send("GET", path, "", Map.of())).json();
    }

    /** The resource, or nothing if there is none. */
    public Optional<JsonNode> find(String path) {
        var answer = send("GET", path, "", Map.of());
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(good(answer).json());
    }

    /** All items of a collection, page after page; an array. */
    public JsonNode list(String path) {
        var items = Json.array();
        for (var next = path; !next.isEmpty(); ) {
            var page = get(next);
            page.path("value").forEach(items::add);
            next = page.path("nextLink").asText("").isEmpty()
                    ? ""
                    : pathOf(page.path("nextLink").asText());
        }
        return items;
    }

    /** Whether there is such a resource (HEAD: 204 or 404). */
    public boolean exists(String path) {
        var answer = send("HEAD", path, "", Map.of());
        return answer.status() != 404 && good(answer).isGood();
    }

    /**
     * Writes the resource and shows what the API warns of, of the list aside: who gives one as a file was told all of it, with the
     * file's lines. Throws a {@link Problem} in az's words if it is refused.
     */
    public Answer put(String path, JsonNode body, Map<String, String> headers) {
        var answer = good(send("PUT", path, Json.write(body), headers));
        answer.warnings().stream()
                .filter(warning -> !warning.agent().equals(CERTIFICATES))
                .forEach(warning -> session.messages().warning(warning.text()));
        return answer;
    }

    public Answer post(String path) {
        return good(send("POST", path, "", Map.of()));
    }

    public Answer delete(String path, Map<String, String> headers) {
        return good(send("DELETE", path, "", headers));
    }

    /** Any request; what is answered is returned, whatever it is. */
    public Answer send(String method, String path, String body, Map<String, String> headers) {
        for (var tries = 1; ; tries++) {
            var all = new LinkedHashMap<String, String>();
            all.put("x-ms-client-request-id", requestId());
            if (!body.isEmpty()) {
                all.put("content-type", "application/json");
            }
            headers.forEach((name, value) -> all.put(name.toLowerCase(Locale.ROOT), value));
            var answer = connection.send(method, path, body, all);
            var toldToWait = answer.status() == 429
                    || (answer.status() == 503 && !answer.header("retry-after").isEmpty());
            if (!toldToWait || tries == TRIES) {
                return answer;
            }
            pause(answer.pause(Duration.ofSeconds(1)));
        }
    }

    /**
     * Path and query of a URL that the API answered. Its host is left aside: only the endpoint of CAPSTAN_HOME is ever
     * asked, with the administrator's token.
     */
    static String pathOf(String url) {
        var uri = URI.create(url);
        return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    /** A name for a log (RFC 9562, version 4). It guards nothing, so that Java's secure randomness need not be made ready. */
    private static String requestId() {
        var random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | (1L << 63)).toString();
    }

    /** Waits for so long; what goes on meanwhile is not ours to stop. */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.failed("Interrupted while waiting.", "What was begun goes on.", e);
        }
    }

    private static Answer good(Answer answer) {
        if (!answer.isGood()) {
            throw ArmErrors.of(answer.status(), answer.body());
        }
        return answer;
    }

    @Override
    public void close() {
        connection.close();
    }
}
