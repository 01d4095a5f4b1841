package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, as far as this API looks at it.
 *
 * @param id names this request in the log, in the audit log and to the client
 * @param address the client's IP address, or where else it comes from; what a proxy in between says is not looked at
 * @param method in capitals
 * @param path decoded segments; empty ones, which double slashes make, are left out
 * @param query first value of each parameter, by its name in lower case
 * @param headers first value of each header, by its name in lower case
 * @param origin {@code https://HOST:PORT} as the client calls this server, for the URLs in answers
 * @param caller who sent it; nobody until that is known
 * @param content reads the body
 */
public record ArmRequest(
        String id,
        String address,
        String method,
        List<String> path,
        Map<String, String> query,
        Map<String, String> headers,
        String origin,
        Caller caller,
        Content content) {

    /** The largest body that is read. */
    public static final int LARGEST_BODY = 4 * 1024 * 1024;

    private static final int SHOWN = 300;

    /** Reads a body. */
    @FunctionalInterface
    public interface Content {
        /**
         * All of it.
         *
         * @throws ArmFailure 413 if it is larger than the limit
         */
        byte[] read(int limit);
    }

    /** The path in messages and in the log: cut where it is long, and on one line. */
    public String shownPath() {
        String line = ("/" + String.join("/", path)).replaceAll("[^\\x21-\\x7e]", "?");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }

    /** Whether it asks for a change. */
    public boolean isWrite() {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    /** The same request, now that it is known who sent it. */
    public ArmRequest by(Caller known) {
        return new ArmRequest(id, address, method, path, query, headers, origin, known, content);
    }

    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /**
     * The body as a JSON object, its known properties in their canonical case.
     *
     * @throws ArmFailure 400 if it is something else, 413 if it is too large
     */
    public ObjectNode body() {
        return PropertyNames.canonical(Json.body(content.read(LARGEST_BODY)));
    }
}
