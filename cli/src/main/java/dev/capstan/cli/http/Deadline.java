package dev.capstan.cli.http;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** Closes a connection when its time has passed, unless it is done by then: a socket of the file system has no limits. */
final class Deadline implements AutoCloseable {

    private final Thread thread;
    private volatile boolean passed;

    /** The time runs from now on. */
    Deadline(Duration time, Closeable connection) {
        thread = new Thread(() -> watch(time, connection), "deadline");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the connection was closed for it. */
    boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch(Duration time, Closeable connection) {
        try {
            Thread.sleep(time);
            passed = true;
            connection.close();
        } catch (InterruptedException inTime) {
            return;
        } catch (IOException gone) {
            passed = true;
        }
    }
}
