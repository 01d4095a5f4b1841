package dev.capstan.proof;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One bounded try: whatever it has opened is closed when its time is over, so that no peer can hold it, however it drips; and
 * when it is closed itself. What was opened first is closed first: a TLS socket would wait for its handshake, which ends when
 * the connection below it does.
 */
final class Attempt implements AutoCloseable {

    private final long ends;
    private final Thread watchdog;
    private final List<Closeable> open = new ArrayList<>();
    private boolean closed;
    private volatile boolean over;

    Attempt(Duration limit) {
        this.ends = System.nanoTime() + limit.toNanos();
        this.watchdog = Thread.ofPlatform().daemon().name("proof-limit").start(this::watch);
    }

    /** Whether its time is over, so that what failed failed for that. */
    boolean over() {
        return over || remaining().isZero();
    }

    Duration remaining() {
        return Duration.ofNanos(Math.max(0, ends - System.nanoTime()));
    }

    /** Has this closed in time. */
    <T extends Closeable> T with(T resource) throws IOException {
        synchronized (open) {
            if (!closed) {
                open.add(resource);
                return resource;
            }
        }
        resource.close();
        throw new IOException("the time is over");
    }

    /**
     * The addresses of a name. A resolver cannot be interrupted; one that answers too late is left behind.
     *
     * @throws UnknownHostException if it has none
     * @throws IOException if there is no answer in time
     */
    List<InetAddress> addresses(String host) throws IOException {
        FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofPlatform().daemon().name("proof-name").start(lookup);
        try {
            return List.of(lookup.get(remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IOException("the name " + host + " cannot be looked up: " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            over = true;
            throw new IOException("no name server answered for " + host, late);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    @Override
    public void close() {
        watchdog.interrupt();
        closeAll();
    }

    private void watch() {
        try {
            Thread.sleep(remaining());
            over = true;
            closeAll();
        } catch (InterruptedException closedBefore) {
            // There is nothing left to watch.
        }
    }

    private void closeAll() {
        List<Closeable> all;
        synchronized (open) {
            closed = true;
            all = List.copyOf(open);
            open.clear();
        }
        for (Closeable resource : all) {
            try {
                resource.close();
            } catch (IOException alreadyBroken) {
                // It is closed for us.
            }
        }
    }
}
