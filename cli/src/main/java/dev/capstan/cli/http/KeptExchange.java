package dev.capstan.cli.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection for all requests to a server: opened where there is none, and again where the server ended one that was idle. */
final class KeptExchange implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Opening opening;
    private @Nullable Exchange open;

    /** The way to the server. */
    interface Opening {
        Exchange open() throws IOException;
    }

    KeptExchange(Opening opening) {
        this.opening = opening;
    }

    /**
     * Sends a request and returns its answer.
     *
     * @throws IOException if there is none within 30 s
     */
    Answer send(Request request) throws IOException {
        var kept = open;
        if (kept != null && kept.isReusable()) {
            try {
                return within(kept, request);
            } catch (SocketTimeoutException late) {
                throw late;
            } catch (IOException ended) {
                // The server may end a connection that was idle, or has been started anew.
                if (!request.isSafe()) {
                    throw ended;
                }
            }
        }
        close();
        var fresh = opening.open();
        open = fresh;
        return within(fresh, request);
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    private static Answer within(Exchange exchange, Request request) throws IOException {
        try (var deadline = new Deadline(TIMEOUT, exchange::close)) {
            try {
                return exchange.send(request);
            } catch (IOException e) {
                if (deadline.hasPassed()) {
                    throw new SocketTimeoutException("no answer within " + TIMEOUT.toSeconds() + " s");
                }
                throw e;
            }
        }
    }
}
