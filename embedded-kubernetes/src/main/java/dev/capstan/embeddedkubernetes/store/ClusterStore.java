package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one virtual cluster.
 *
 * <p>Reading: everything is in memory as trees that nobody changes; reading runs no SQL, and neither does waiting.
 *
 * <p>Writing: a {@link Write} is queued; the one writer thread takes all that wait, runs them one after the other, each
 * on top of the one before, and commits the group in one transaction. Only then it changes memory, hands the events to
 * the watchers and wakes the writers, in this order. So: an acknowledged write is on the disk; a failed commit leaves
 * memory as it was and fails every write of its group; resourceVersions grow in the order of commits; a watcher sees
 * every change once, in that order, or is told that it cannot.
 */
public final class ClusterStore implements AutoCloseable {
    private static final int LARGEST_GROUP = 256;
    private static final int WAITING_WRITES = 1024;
    private static final int HISTORY = 8192;
    private static final int WATCH_QUEUE = 1024;

    private final SqliteFile file;
    private final Memory memory;
    private final History history;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>(WAITING_WRITES);
    private final List<Consumer<List<Event>>> observers = new CopyOnWriteArrayList<>();
    private final List<Derivation> derivations = new CopyOnWriteArrayList<>();
    private final LongAdder watchesOpened = new LongAdder();
    private final Thread writer;
    private long resourceVersion;
    private volatile boolean closed;

    private ClusterStore(SqliteFile file, String name, int historyLimit) {
        this.file = file;
        this.memory = new Memory(file.load());
        this.resourceVersion = file.resourceVersion();
        this.history = new History(resourceVersion, historyLimit);
        // A platform thread: JDBC calls block in native code, which would pin a virtual one to its carrier.
        this.writer =
                Thread.ofPlatform().name("kubernetes-store-" + name).daemon().start(this::writeUntilClosed);
    }

    /**
     * Opens or makes the file.
     *
     * @throws StorageFailure when the file is in use, from a newer program, or cannot be read
     */
    public static ClusterStore open(Path path, ObjectMapper json) {
        return open(path, json, HISTORY);
    }

    static ClusterStore open(Path path, ObjectMapper json, int historyLimit) {
        SqliteFile file = SqliteFile.open(path, json);
        try {
            return new ClusterStore(file, String.valueOf(path.getFileName()), historyLimit);
        } catch (StorageFailure e) {
            file.close();
            throw e;
        }
    }

    /** Has every later commit shown to the observer, on the writer thread, before its writers are woken; it must not wait. */
    public void observe(Consumer<List<Event>> observer) {
        observers.add(observer);
    }

    /** Makes the derivation part of every later write, after those that are there. */
    public void derive(Derivation derivation) {
        derivations.add(derivation);
    }

    /** Objects at a version. */
    public record Snapshot(long resourceVersion, List<ObjectNode> objects) {}

    /** What exists, and a subscription that goes on exactly there. */
    public record Watch(Snapshot initial, Subscription subscription) {}

    /** The object at the address, or null. */
    public @Nullable ObjectNode get(ObjectKey key) {
        lock.readLock().lock();
        try {
            return memory.get(key);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The objects of a resource; {@code namespace} null for all. */
    public Snapshot list(String resource, @Nullable String namespace) {
        lock.readLock().lock();
        try {
            return new Snapshot(resourceVersion, memory.list(resource, namespace));
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * The objects of a resource as they were at an earlier version.
     *
     * @throws ExpiredVersion if the history does not reach back so far
     */
    public Snapshot listAt(String resource, @Nullable String namespace, long version) {
        lock.readLock().lock();
        try {
            if (version == resourceVersion) {
                return new Snapshot(resourceVersion, memory.list(resource, namespace));
            }
            NavigableMap<ObjectKey, ObjectNode> then = memory.before(history.after(version), resource);
            return new Snapshot(version, new Memory(then).list(resource, namespace));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The version of the last commit. */
    public long resourceVersion() {
        lock.readLock().lock();
        try {
            return resourceVersion;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What exists now and every change from now on. */
    public Watch watch(String resource, @Nullable String namespace) {
        lock.writeLock().lock();
        try {
            Snapshot now = new Snapshot(resourceVersion, memory.list(resource, namespace));
            return new Watch(now, subscribe(resource, namespace, List.of()));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Every change after the version.
     *
     * @throws ExpiredVersion if the history does not reach back so far
     */
    public Subscription watchAfter(String resource, @Nullable String namespace, long version) {
        lock.writeLock().lock();
        try {
            return subscribe(resource, namespace, history.after(version));
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Subscription subscribe(String resource, @Nullable String namespace, List<Event> missed) {
        watchesOpened.increment();
        Subscription subscription = new Subscription(this, resource, namespace, WATCH_QUEUE, missed);
        if (closed) {
            subscription.end();
        } else {
            subscriptions.add(subscription);
        }
        return subscription;
    }

    void unsubscribe(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /** The queue's next signal, or the version up to which the empty queue is complete. */
    Subscription.Signal quietOr(Queue<Subscription.Signal> queue) {
        lock.readLock().lock();
        try {
            Subscription.Signal signal = queue.poll();
            return signal != null ? signal : new Subscription.Quiet(resourceVersion);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Runs the write and waits until it is on the disk.
     *
     * @throws StorageFailure when the commit failed or the store is closed; nothing was written then
     */
    public <T> T write(Write<T> write) {
        return submit(write, true);
    }

    /** Runs the write against the current state and drops its changes. */
    public <T> T tryOut(Write<T> write) {
        return submit(write, false);
    }

    private <T> T submit(Write<T> write, boolean keep) {
        Pending<T> pending = new Pending<>(write, keep);
        try {
            if (!closed) {
                waiting.put(pending);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageFailure("The write was interrupted before it began.");
        }
        if (closed) {
            pending.fail(closedFailure());
        }
        return pending.await();
    }

    private void writeUntilClosed() {
        List<Pending<?>> group = new ArrayList<>();
        try {
            while (true) {
                group.add(waiting.take());
                waiting.drainTo(group, LARGEST_GROUP - 1);
                writeGroup(group);
                group.clear();
            }
        } catch (InterruptedException _) {
            waiting.drainTo(group);
            group.forEach(pending -> pending.fail(closedFailure()));
        }
    }

    private void writeGroup(List<Pending<?>> group) {
        Draft all = new Draft(memory, resourceVersion);
        for (Pending<?> pending : group) {
            pending.runOn(all, derivations);
        }
        List<Event> events = all.events();
        if (!events.isEmpty()) {
            try {
                file.commit(all.resourceVersion(), all.outcome());
            } catch (StorageFailure e) {
                group.forEach(pending -> pending.fail(e));
                return;
            }
            publish(all.resourceVersion(), events);
        }
        group.forEach(Pending::acknowledge);
    }

    private void publish(long version, List<Event> events) {
        lock.writeLock().lock();
        try {
            for (Event event : events) {
                memory.apply(event);
                history.add(event);
                subscriptions.forEach(subscription -> subscription.offer(event));
            }
            resourceVersion = version;
        } finally {
            lock.writeLock().unlock();
        }
        observers.forEach(observer -> observer.accept(events));
    }

    /** How many SQL statements were run since opening: it stands still while nothing is written. */
    public long statements() {
        return file.statements();
    }

    /** How many subscriptions were ever made. */
    public long watchesOpened() {
        return watchesOpened.sum();
    }

    /** How many watchers are subscribed. */
    public int watchers() {
        return subscriptions.size();
    }

    int waiting() {
        return waiting.size();
    }

    void limitGrowth(int pages) throws SQLException {
        file.limitGrowth(pages);
    }

    private static StorageFailure closedFailure() {
        return new StorageFailure("The cluster is being closed; nothing was written.");
    }

    /** Ends the watches, fails waiting writes, closes the file. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            subscriptions.forEach(subscription -> subscription.end(Subscription.End.CLOSED));
        } finally {
            lock.writeLock().unlock();
        }
        Thread stopper = Thread.currentThread();
        boolean interrupted = false;
        writer.interrupt();
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            stopper.interrupt();
        }
        file.close();
    }
}
