package dev.capstan.controller;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Work, named by keys. A key says what to look at, never what happened, so any number of additions before its turn are
 * one turn. Invariants: one key is worked on by one thread at a time; a key added while it is worked on gets another
 * turn after it; a key whose work failed gets another turn after a wait that doubles with every failure in a row and is
 * jittered down by up to half, or at once when it is added again; so many keys are worked on at once and no more.
 * Nothing runs while there is nothing to do.
 */
final class WorkQueue<K> implements AutoCloseable {

    /** What is done for a key. */
    @FunctionalInterface
    interface Work<K> {
        void run(K key) throws Exception;
    }

    /** Who is told of failures. */
    @FunctionalInterface
    interface Failures<K> {
        void failed(K key, Exception failure, Duration retryIn);
    }

    private static final class Entry {
        private boolean running;
        private boolean again;
        private int failures;
        private @Nullable ScheduledFuture<?> timer;
        private long due;

        private boolean isIdle() {
            return !running && failures == 0 && timer == null;
        }
    }

    private final Duration firstRetry;
    private final Duration lastRetry;
    private final Semaphore atOnce;
    private final Work<K> work;
    private final Failures<K> failures;
    private final Map<K, Entry> entries = new HashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("controller-", 0).factory());
    private boolean closed;

    /**
     * A queue with nothing in it.
     *
     * @param atOnce how many keys are worked on at the same time
     */
    WorkQueue(Duration firstRetry, Duration lastRetry, int atOnce, Work<K> work, Failures<K> failures) {
        this.atOnce = new Semaphore(atOnce);
        this.firstRetry = firstRetry;
        this.lastRetry = lastRetry;
        this.work = work;
        this.failures = failures;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("controller-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Gives the key a turn, now or as soon as its present one ends. */
    synchronized void add(K key) {
        if (closed) {
            return;
        }
        Entry entry = entries.computeIfAbsent(key, ignored -> new Entry());
        cancelTimer(entry);
        if (entry.running) {
            entry.again = true;
        } else {
            entry.running = true;
            workers.execute(() -> turn(key, entry));
        }
    }

    /** Gives the key a turn after this time, unless it gets one before. */
    synchronized void addAfter(K key, Duration delay) {
        if (!closed) {
            schedule(key, entries.computeIfAbsent(key, ignored -> new Entry()), delay);
        }
    }

    /** Whether nothing is being worked on; keys that wait for their time do not count. */
    synchronized boolean isIdle() {
        return entries.values().stream().noneMatch(entry -> entry.running);
    }

    /** How many keys are remembered; none without a reason. */
    synchronized int size() {
        return entries.size();
    }

    /** Gives no more turns; interrupts those under way and waits for them for up to 10 seconds. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            timer.shutdownNow();
            workers.shutdownNow();
        }
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void turn(K key, Entry entry) {
        Exception failure = null;
        try {
            atOnce.acquire();
            try {
                work.run(key);
            } finally {
                atOnce.release();
            }
        } catch (Exception e) {
            failure = e;
        }
        Duration wait = finish(key, entry, failure);
        if (failure != null && wait != null) {
            failures.failed(key, failure, wait);
        }
    }

    private synchronized @Nullable Duration finish(K key, Entry entry, @Nullable Exception failure) {
        entry.running = false;
        if (closed) {
            return null;
        }
        Duration wait = null;
        if (failure == null) {
            entry.failures = 0;
        } else {
            wait = wait(entry.failures++);
        }
        if (entry.again) {
            entry.again = false;
            add(key);
        } else if (wait != null) {
            schedule(key, entry, wait);
        } else if (entry.isIdle()) {
            entries.remove(key);
        }
        return wait;
    }

    private void schedule(K key, Entry entry, Duration delay) {
        long due = System.nanoTime() + delay.toNanos();
        if (entry.timer != null) {
            if (entry.due - due <= 0) {
                return;
            }
            cancelTimer(entry);
        }
        entry.due = due;
        entry.timer = timer.schedule(() -> add(key), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancelTimer(Entry entry) {
        if (entry.timer != null) {
            entry.timer.cancel(false);
            entry.timer = null;
        }
    }

    private Duration wait(int failuresBefore) {
        long longest = lastRetry.toNanos();
        long doubled = failuresBefore > 30 ? longest : firstRetry.toNanos() << failuresBefore;
        long full = doubled <= 0 || doubled > longest ? longest : doubled;
        return Duration.ofNanos(full - ThreadLocalRandom.current().nextLong(full / 2 + 1));
    }
}
