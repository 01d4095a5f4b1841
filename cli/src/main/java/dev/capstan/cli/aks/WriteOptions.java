package dev.capstan.cli.aks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every write: whether to wait for its end, and on which condition to write at all. */
final class WriteOptions {

    @Option(names = "--no-wait", description = "Do not wait for the end of what was begun.")
    private boolean noWait;

    @Option(
            names = "--if-match",
            paramLabel = "ETAG",
            description = "Write only if the eTag is still this one (HTTP: If-Match).")
    private Optional<String> ifMatch = Optional.empty();

    @Option(
            names = "--if-none-match",
            paramLabel = "ETAG",
            description = "'*': write only if there is none of this name yet (HTTP: If-None-Match).")
    private Optional<String> ifNoneMatch = Optional.empty();

    boolean waits() {
        return !noWait;
    }

    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        ifMatch.ifPresent(tag -> headers.put("If-Match", tag));
        ifNoneMatch.ifPresent(tag -> headers.put("If-None-Match", tag));
        return headers;
    }
}
