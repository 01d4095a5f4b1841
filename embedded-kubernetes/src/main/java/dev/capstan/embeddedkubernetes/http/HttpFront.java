package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.identity.AdministratorToken;
import dev.capstan.embeddedkubernetes.identity.Authenticator;
import dev.capstan.embeddedkubernetes.identity.Impersonation;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import dev.capstan.embeddedkubernetes.pipeline.Watching;
import dev.capstan.embeddedkubernetes.store.StorageFailure;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between Helidon and the clusters' APIs: finds the cluster by {@code /clusters/NAME}, sends answers, streams watches,
 * and turns every failure into a Status. Paths that are neither a cluster's nor about health go, untouched, to the
 * handler beside this one if there is any. Each event of a watch is one chunk, sent before the next is taken; a watcher
 * that cannot keep up is cut off.
 */
final class HttpFront {

    /** How much of a body is read at all, in bytes: what is beyond {@link Decoder#LIMIT} is thrown away. */
    static final long MOST_READ = 5L * Decoder.LIMIT;

    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final String PREFIX = "/clusters/";
    private static final HeaderName IMPERSONATE_USER = HeaderNames.create("Impersonate-User");
    private static final HeaderName IMPERSONATE_GROUP = HeaderNames.create("Impersonate-Group");
    private static final HeaderName IMPERSONATE_UID = HeaderNames.create("Impersonate-Uid");
    private static final String IMPERSONATE_EXTRA = "impersonate-extra-";
    private static final HeaderName WARNING = HeaderNames.create("Warning");

    private final Function<String, Optional<ClusterApi>> clusters;
    private final AdministratorToken administrator;
    private final @Nullable Handler beside;
    private final Set<Watching> watches = ConcurrentHashMap.newKeySet();
    /** One party for each watch that is sent, and one for the server until it ends them. */
    private final Phaser sending = new Phaser(1);

    private volatile boolean stopping;

    HttpFront(
            Function<String, Optional<ClusterApi>> clusters,
            AdministratorToken administrator,
            @Nullable Handler beside) {
        this.clusters = clusters;
        this.administrator = administrator;
        this.beside = beside;
    }

    /** Whether a path is answered here; it may be cut or empty when the request could not be read. */
    boolean owns(String path) {
        return beside == null
                || path.isEmpty()
                || path.startsWith(PREFIX)
                || path.equals("/healthz")
                || path.equals("/livez")
                || path.equals("/readyz");
    }

    /**
     * Ends all watches, now and later, and waits until those under way have sent their end; other requests are still
     * answered. To be called once.
     *
     * @param most how long to wait at most
     */
    void endWatches(Duration most) {
        stopping = true;
        watches.forEach(Watching::end);
        try {
            sending.awaitAdvanceInterruptibly(sending.arriveAndDeregister(), most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException _) {
            LOG.warn("Some watches did not end within {} and are cut off", most);
        }
    }

    // The warning is about threads of the operating system, which this is no hint to.
    @SuppressWarnings("ThreadPriorityCheck")
    void handle(ServerRequest request, ServerResponse response) throws Exception {
        // A client's next request often is there before the thread of its connection comes to wait for it; that thread
        // would keep its carrier, and other connections would stand still meanwhile (decision 0030).
        Thread.yield();
        if (beside != null && !owns(request.path().rawPath())) {
            beside.handle(request, response);
            return;
        }
        Answer answer;
        try {
            answer = answer(request);
        } catch (ApiFailure e) {
            answer = failed(e);
        } catch (StorageFailure e) {
            LOG.error("A write failed", e);
            answer = failed(ApiFailure.of(
                    e.isDiskFull() ? 507 : 500,
                    e.isDiskFull() ? "InsufficientStorage" : "InternalError",
                    "Internal error occurred: " + e.getMessage()));
        } catch (DataReader.InsufficientDataAvailableException | UncheckedIOException e) {
            throw new CloseConnectionException("The client went away while sending its request.", e);
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "{} {} failed", request.prologue().method(), request.path().rawPath(), e);
            answer = failed(ApiFailure.of(500, "InternalError", "Internal error occurred; the server's log has it"));
        }
        switch (answer) {
            case Answer.Whole whole -> send(whole, response);
            case Answer.Stream stream -> stream(stream, response);
        }
    }

    private static Answer failed(ApiFailure failure) {
        return Answer.json(failure.code(), failure.toStatus());
    }

    private Answer answer(ServerRequest request) throws IOException {
        String path = request.path().rawPath();
        if (!path.startsWith(PREFIX)) {
            return switch (path) {
                case "/healthz", "/livez", "/readyz" -> Answer.text(200, "ok");
                default -> throw ApiFailure.notServed();
            };
        }
        int end = path.indexOf('/', PREFIX.length());
        String name = path.substring(PREFIX.length(), end < 0 ? path.length() : end);
        Call call = new Call(
                request.prologue().method().text(),
                end < 0 ? "/" : path.substring(end),
                parameters(request.query().rawValue()),
                request.headers().first(HeaderNames.AUTHORIZATION).orElse(null),
                impersonation(request),
                String.join(",", request.headers().all(HeaderNames.ACCEPT, List::of)),
                request.headers().first(HeaderNames.CONTENT_TYPE).orElse(""),
                request.headers().first(HeaderNames.IF_NONE_MATCH).orElse(""),
                () -> body(request));
        return clusters.apply(name).orElseThrow(() -> unknown(name, call)).answer(call);
    }

    private static Impersonation impersonation(ServerRequest request) {
        if (!request.headers().contains(IMPERSONATE_USER)
                && !request.headers().contains(IMPERSONATE_GROUP)
                && !request.headers().contains(IMPERSONATE_UID)
                && request.headers().stream().noneMatch(header -> isExtra(header.headerName()))) {
            return Impersonation.NONE;
        }
        Map<String, List<String>> extras = new LinkedHashMap<>();
        request.headers().forEach(header -> {
            if (isExtra(header.headerName())) {
                extras.put(
                        decode(header.headerName().lowerCase().substring(IMPERSONATE_EXTRA.length())),
                        header.allValues());
            }
        });
        return new Impersonation(
                request.headers().first(IMPERSONATE_USER).orElse(""),
                request.headers().all(IMPERSONATE_GROUP, List::of),
                request.headers().first(IMPERSONATE_UID).orElse(""),
                extras);
    }

    private static boolean isExtra(HeaderName name) {
        return name.lowerCase().startsWith(IMPERSONATE_EXTRA);
    }

    /** Which clusters exist is told to the administrator only. */
    private ApiFailure unknown(String name, Call call) {
        return Authenticator.bearer(call.authorization())
                        .filter(administrator::matches)
                        .isPresent()
                ? ApiFailure.of(404, "NotFound", "there is no cluster \"" + name + "\" on this server")
                : ApiFailure.unauthorized();
    }

    private static Parameters parameters(String query) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
        }
        return new Parameters(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw ApiFailure.badRequest("the query is not percent-encoded correctly");
        }
    }

    /**
     * The whole body. Of one that is larger than the limit some more is read and thrown away: a client that is still sending
     * when the connection is closed would see that, and never the answer that says why (RFC 9112, 9.6).
     */
    private static byte[] body(ServerRequest request) throws IOException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(Decoder.LIMIT + 1);
            if (bytes.length > Decoder.LIMIT) {
                throwAway(in);
                throw ApiFailure.tooLarge(Decoder.LIMIT);
            }
            return bytes;
        }
    }

    private static void throwAway(InputStream in) throws IOException {
        byte[] piece = new byte[64 * 1024];
        long left = MOST_READ - Decoder.LIMIT;
        for (int read = 0; left > 0 && read >= 0; left -= read) {
            read = in.read(piece);
        }
    }

    private static void send(Answer.Whole answer, ServerResponse response) {
        response.status(answer.code());
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        answer.headers().forEach(response::header);
        if (!answer.warnings().isEmpty()) {
            response.header(
                    WARNING,
                    answer.warnings().stream()
                            .map(text -> "299 - \"" + quoted(text) + "\"")
                            .toArray(String[]::new));
        }
        if (answer.code() == 413) {
            // The rest of the body was not read, so the connection cannot be used again.
            response.header(HeaderNames.CONNECTION, "close");
        }
        response.send(answer.body());
    }

    private static String quoted(String text) {
        return text.replaceAll("[\\x00-\\x1f\\x7f-\\uffff]", "?")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"");
    }

    private void stream(Answer.Stream stream, ServerResponse response) throws IOException {
        Watching watching = stream.watching();
        sending.register();
        watches.add(watching);
        if (stopping) {
            watching.end();
        }
        Thread sender = Thread.currentThread();
        // Interrupting a virtual thread that is blocked in writing to a socket closes the socket: that is the cut.
        watching.whenTooSlow(sender::interrupt);
        response.status(200);
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache, private");
        try (watching;
                OutputStream out = response.outputStream()) {
            EventLines lines = new EventLines(out, stream.form());
            // Helidon sends no headers before there is data, and clients wait for them.
            lines.probe();
            watching.run(lines);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("A watcher went away", e);
            throw new CloseConnectionException("The watcher went away.", e);
        } catch (InterruptedException e) {
            LOG.info("A watcher was too slow and was cut off");
            throw new CloseConnectionException("The watcher was too slow.", e);
        } finally {
            watches.remove(watching);
            sending.arriveAndDeregister();
        }
    }
}
