package dev.capstan.cli.session;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the control plane said of itself when its API answered: {@code server.json} of its home.
 *
 * @param pid its process
 * @param started start time of that process, in clock ticks since boot: a pid alone may be another's by now
 * @param endpoint {@code https://HOST:PORT}
 * @param socket where it listens in its home; empty if it does not, or is of a version that did not
 * @param caFile the certificate authority to verify it with
 * @param version its version
 * @param needs what machines need and this host lacks, in words; empty if machines can be made
 * @param limits why new machines are only directories with a trust store, in words; empty if they are systems of their own
 */
public record ServerState(
        long pid,
        long started,
        URI endpoint,
        Optional<Path> socket,
        String caFile,
        String version,
        List<String> needs,
        List<String> limits) {

    public static ServerState of(JsonNode file) {
        return new ServerState(
                file.path("pid").asLong(),
                file.path("started").asLong(),
                URI.create(file.path("endpoint").asText()),
                Optional.of(file.path("socket").asText(""))
                        .filter(socket -> !socket.isEmpty())
                        .map(Path::of),
                file.path("caFile").asText(),
                file.path("version").asText(),
                texts(file.path("needs")),
                texts(file.path("limits")));
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }

    /** Whether that very process is alive: after a kill -9 the file stays. */
    public boolean isAlive() {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // proc(5): the second field is in brackets and may hold anything; the start time is the 22nd, the state the
            // 3rd.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return !fields[0].equals("Z") && Long.parseLong(fields[19]) == started;
        } catch (IOException e) {
            return false;
        }
    }
}
