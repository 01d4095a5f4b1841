package dev.capstan.embeddedkubernetes.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts off clients that send a request's headers byte by byte. Helidon's read timeout is about the next bytes alone, so that one
 * byte in each of its 30 seconds would hold a connection for days; from the request line to the end of the headers there is so
 * much time here, however the bytes come. (A request line that does not end is cut off with idle connections.)
 *
 * <p>A connection's thread is noted while it reads headers, and one thread looks after all of them, a few times within the limit:
 * a timer for each request would cost more than many requests do. Interrupting a virtual thread that reads from a socket closes
 * the socket (java.net.Socket). Whoever takes the note away, the reader or the cut, has decided, and the cut interrupts while it
 * holds the note: a request whose headers are read is never interrupted, which would close the files that its handler writes to.
 */
final class HeadDeadline implements Http1ConnectionListener, AutoCloseable {

    private final long limitNanos;
    private final Map<Thread, Long> reading = new ConcurrentHashMap<>();
    private final Thread watch;

    HeadDeadline(Duration limit) {
        limitNanos = limit.toNanos();
        watch = Thread.ofVirtual().name("request-heads").start(() -> {
            try {
                while (true) {
                    Thread.sleep(limit.dividedBy(4));
                    cut();
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void cut() {
        long now = System.nanoTime();
        for (Thread connection : reading.keySet()) {
            reading.computeIfPresent(connection, (thread, since) -> {
                if (now - since <= limitNanos) {
                    return since;
                }
                thread.interrupt();
                return null;
            });
        }
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue line) {
        reading.put(Thread.currentThread(), System.nanoTime());
    }

    @Override
    public void headers(ConnectionContext connection, Headers read) {
        if (reading.remove(Thread.currentThread()) == null) {
            throw new CloseConnectionException("The headers did not arrive in time.");
        }
    }

    /** Watches no more. */
    @Override
    public void close() {
        watch.interrupt();
    }
}
