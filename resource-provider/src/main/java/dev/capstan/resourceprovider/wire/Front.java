package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.node.BinaryNode;
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
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Between Helidon and this API: reads requests, sends answers, turns every failure into ARM's form. */
public final class Front implements Handler {

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private static final BodyReader BODIES = new BodyReader(Duration.ofMinutes(1));

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?");
    private static final HeaderName REQUEST_ID = HeaderNames.create("x-ms-request-id");
    private static final HeaderName CORRELATION_ID = HeaderNames.create("x-ms-correlation-request-id");
    private static final HeaderName CLIENT_REQUEST_ID = HeaderNames.create("x-ms-client-request-id");

    private final String endpoint;
    private final Function<ArmRequest, ArmAnswer> api;

    /**
     * A front of an API.
     *
     * @param endpoint {@code https://HOST:PORT}, for requests that do not say how they call this server
     * @param api from a request to the answer; throws {@link ArmFailure} for what is not done
     */
    public Front(String endpoint, Function<ArmRequest, ArmAnswer> api) {
        this.endpoint = endpoint;
        this.api = api;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        String id = UUID.randomUUID().toString();
        // In every line that this request writes: the pattern of the server's log has it before the message.
        MDC.put("request", id + " ");
        try {
            answer(request, response, id);
        } finally {
            MDC.remove("request");
        }
    }

    private void answer(ServerRequest request, ServerResponse response, String id) {
        ArmAnswer answer;
        try {
            answer = api.apply(read(request, id));
        } catch (ArmFailure e) {
            answer = e.answer();
        } catch (DataReader.InsufficientDataAvailableException | UncheckedIOException e) {
            throw new CloseConnectionException("The client went away while sending its request.", e);
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed", request.prologue().method(), e);
            answer = ArmFailure.of(
                            500,
                            "InternalServerError",
                            "The server failed; its log says how, under the request id " + id + ".")
                    .answer();
        }
        send(answer, id, request, response);
    }

    private ArmRequest read(ServerRequest request, String id) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers()
                .forEach(header -> headers.putIfAbsent(header.headerName().lowerCase(), header.get()));
        return new ArmRequest(
                id,
                address(request),
                request.prologue().method().text(),
                segments(request.path().rawPath()),
                query(request.query().rawValue()),
                headers,
                origin(headers.getOrDefault("host", "")),
                Caller.NOBODY,
                limit -> body(request, limit));
    }

    /** Clients on the home's socket have no address. */
    private static String address(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : "local";
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
            return BODIES.read(in, limit);
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
        if (answer.status() == 413 || answer.status() == 408) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        if (answer.body() == null) {
            response.send();
        } else if (answer.body() instanceof BinaryNode raw) {
            response.send(raw.binaryValue());
        } else {
            response.header(HeaderNames.CONTENT_TYPE, ArmAnswer.JSON);
            response.send(Json.bytes(answer.body()));
        }
    }
}
