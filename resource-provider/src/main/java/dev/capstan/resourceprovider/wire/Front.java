package dev.capstan.resourceprovider.wire;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between Helidon and this API: reads requests, sends answers, turns every failure into ARM's form. */
public final class Front implements Handler {

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    /** How much of a body is read at all; what is beyond the limit is thrown away. */
    private static final int MOST_READ = 12 * 1024 * 1024;

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?");
    private static final HeaderName REQUEST_ID = HeaderNames.create("x-ms-request-id");
    private static final HeaderName CORRELATION_ID = HeaderNames.create("x-ms-correlation-request-id");
    private static final HeaderName CLIENT_REQUEST_ID = HeaderNames.create("x-ms-client-request-id");

    private final String endpoint;
    private final BiFunction<ArmRequest, String, ArmAnswer> api;

    /**
     * A front of an API.
     *
     * @param endpoint {@code https://HOST:PORT}, for requests that do not say how they call this server
     * @param api from a request and its id to the answer; throws {@link ArmFailure} for what is not done
     */
    public Front(String endpoint, BiFunction<ArmRequest, String, ArmAnswer> api) {
        this.endpoint = endpoint;
        this.api = api;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        String id = UUID.randomUUID().toString();
        ArmAnswer answer;
        try {
            answer = api.apply(read(request), id);
        } catch (ArmFailure e) {
            answer = e.answer();
        } catch (DataReader.InsufficientDataAvailableException | UncheckedIOException e) {
            throw new CloseConnectionException("The client went away while sending its request.", e);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("{} {} failed", id, request.prologue().method(), e);
            answer = ArmFailure.of(
                            500,
                            "InternalServerError",
                            "The server failed; its log says how, under the request id " + id + ".")
                    .answer();
        }
        send(answer, id, request, response);
    }

    private ArmRequest read(ServerRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers()
                .forEach(header -> headers.putIfAbsent(header.headerName().lowerCase(), header.get()));
        return new ArmRequest(
                request.prologue().method().text(),
                segments(request.path().rawPath()),
                query(request.query().rawValue()),
                headers,
                origin(headers.getOrDefault("host", "")),
                "",
                limit -> body(request, limit));
    }

    /** As the client calls this server, so that the URLs in answers lead it back here whatever stands in between. */
    private String origin(String host) {
        return HOST.matcher(host).matches() ? "https://" + host : endpoint;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                // Only in queries '+' is a blank.
                segments.add(decoded(segment.replace("+", "%2B")));
            }
        }
        return List.copyOf(segments);
    }

    private static Map<String, String> query(String query) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(
                        decoded(pair.substring(0, equals)).toLowerCase(Locale.ROOT),
                        decoded(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw ArmFailure.badRequest("BadRequest", "The request's URL is not percent-encoded correctly.");
        }
    }

    private static byte[] body(ServerRequest request, int limit) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                // A client that still sends would see the connection cut, and never the answer (RFC 9112, 9.6).
                in.skip(MOST_READ - (long) limit);
                throw ArmFailure.of(
                        413,
                        "RequestEntityTooLarge",
                        "The request's body is larger than " + limit + " bytes, which is all that is read.");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(ArmAnswer answer, String id, ServerRequest request, ServerResponse response) {
        response.status(answer.status());
        response.header(REQUEST_ID, id);
        response.header(CORRELATION_ID, id);
        request.headers().first(CLIENT_REQUEST_ID).ifPresent(given -> response.header(CLIENT_REQUEST_ID, given));
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (answer.status() == 413) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        if (answer.body() == null) {
            response.send();
        } else {
            response.header(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");
            response.send(Json.bytes(answer.body()));
        }
    }
}
