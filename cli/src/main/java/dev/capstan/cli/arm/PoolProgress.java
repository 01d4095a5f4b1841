package dev.capstan.cli.arm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operation's body says of its way, in lines: the operation's own message, and one line per pool. A pool's model
 * update has four deeds per machine (made, loaded, drained, deleted); the time left is reckoned from the pace of those
 * done since the first look, so that neither clock but ours counts.
 */
final class PoolProgress {

    private record Pace(long since, int done) {}

    private final Map<String, Pace> paces = new HashMap<>();

    /**
     * The lines that tell where it stands.
     *
     * @param properties {@code properties} of the operation's body
     * @param now nanoseconds of a clock that only goes forward
     */
    List<String> lines(JsonNode properties, long now) {
        var lines = new ArrayList<String>();
        var pools = properties.path("agentPools");
        for (var pool : pools) {
            lines.add("pool " + pool.path("name").asText() + ": " + line(pool, now));
        }
        var message = properties.path("message").asText("");
        if (lines.isEmpty() && !message.isEmpty()) {
            lines.add(message);
        }
        return lines;
    }

    private String line(JsonNode pool, long now) {
        var update = pool.path("modelUpdate");
        var message = pool.path("message").asText("");
        var machines = update.path("machines").asInt();
        // One that has ended is the last one, not this one.
        if (machines == 0 || update.path("deleted").asInt() >= machines) {
            var nodes = pool.path("nodes").asInt(-1);
            return message.isEmpty() && nodes >= 0
                    ? pool.path("ready").asInt() + " of " + nodes + " nodes ready"
                    : message;
        }
        var counts = new ArrayList<String>();
        var done = 0;
        for (var deed : List.of("made", "loaded", "drained", "deleted")) {
            done += update.path(deed).asInt();
            counts.add(update.path(deed).asInt() + " " + deed);
        }
        var left = left(pool.path("name").asText(), done, 4 * machines, now);
        return "of " + machines + (machines == 1 ? " node: " : " nodes: ") + String.join(", ", counts) + left
                + (message.isEmpty() ? "" : "; " + message);
    }

    private String left(String pool, int done, int all, long now) {
        var first = paces.computeIfAbsent(pool, name -> new Pace(now, done));
        var since = done - first.done();
        if (since <= 0 || done >= all) {
            return "";
        }
        var left = Duration.ofNanos((now - first.since()) / since * (all - done));
        return "; about " + (left.toSeconds() < 120 ? Math.max(1, left.toSeconds()) + " s" : left.toMinutes() + " min")
                + " left";
    }
}
