package dev.capstan.resourceprovider.audit;

import dev.capstan.resourceprovider.audit.AuditEvent.Kind;
import dev.capstan.resourceprovider.wire.ArmFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit log. One thread takes all events that wait, appends them, and has the disk take them at once: as many
 * requests as wait share one fsync, and each is answered after it.
 *
 * <p>An event is known when its write is done, and then it must not fail to be kept. So a write is let in ({@link #begin}) only
 * while there is a reserve of disk space, and a full disk takes that reserve for the events under way: from then on writes are
 * refused, until there is room for another reserve.
 *
 * <p>A write that is let in is on the disk as one that is under way ({@link UnderWay}) before anything is changed. One that is
 * there still at the next start, and of which the log has no record, was ended by a crash: it gets its record then, which says
 * that its end is unknown. So a change without a record cannot be, wherever the process dies.
 *
 * <p>Half a record that a crash left at the end was acknowledged to nobody; it is cut off at the next start, which is itself an
 * event. A log that ends before its head was cut by somebody: the chain goes on after the head, and the gap stays to be seen.
 */
public final class AuditLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final long FILE_BYTES = 16L * 1024 * 1024;

    private final AuditFolder folder;
    private final long fileBytes;
    private final Consumer<String> copy;
    private final InstantSource clock;
    private final FileChannel head;
    private final UnderWay underWay;
    private final Thread writer;

    private final Object lock = new Object();
    private List<Waiting> queue = new ArrayList<>();
    private boolean closed;

    // The writer's own.
    private FileChannel file;
    private long length;
    private AuditChain chain;
    private volatile boolean hasReserve;

    /** An event that waits for the disk; of a write that begins or of something that ended. */
    private record Waiting(AuditEvent event, boolean begins, CompletableFuture<@Nullable Void> done) {}

    private AuditLog(AuditFolder folder, long fileBytes, Consumer<String> copy, InstantSource clock)
            throws IOException {
        this.folder = folder;
        this.fileBytes = fileBytes;
        this.copy = copy;
        this.clock = clock;
        Optional<AuditChain> acknowledged = folder.head();
        Optional<AuditFolder.End> end = folder.end();
        AuditChain written = end.map(AuditFolder.End::chain).orElse(AuditChain.EMPTY);
        boolean wasCut = acknowledged.isPresent() && acknowledged.get().sequence() > written.sequence();
        this.chain = wasCut ? acknowledged.get() : written;
        this.file = folder.create(end.map(AuditFolder.End::file).orElse(folder.fileFrom(chain.sequence() + 1)));
        this.length = end.map(AuditFolder.End::whole).orElse(0L);
        this.head = folder.openHead();
        this.underWay = new UnderWay(folder.openUnderWay());
        long torn = end.map(AuditFolder.End::torn).orElse(0L);
        file.truncate(length);
        folder.reserve();
        hasReserve = true;
        this.writer = Thread.ofPlatform().name("audit").daemon(true).unstarted(this::write);
        writer.start();
        if (wasCut) {
            LOG.error(
                    "The audit log ends with record {}, and record {} was acknowledged: somebody cut it. See 'capstan audit"
                            + " verify'",
                    written.sequence(),
                    chain.sequence());
        }
        if (wasCut || torn > 0) {
            append(started(wasCut ? "CutByHand" : "TornByCrash"));
        }
        List<AuditEvent> cutOff = folder.withoutRecord(underWay.left());
        cutOff.forEach(this::append);
        if (!cutOff.isEmpty()) {
            LOG.warn(
                    "The server ended while {} writes were under way; the audit log has them as EndUnknown: look at what they"
                            + " name",
                    cutOff.size());
        }
        underWay.clear();
    }

    /**
     * Opens the log of a folder, which is made where it is missing.
     *
     * @param copy gets every record after it is on the disk, with its line break
     */
    public static AuditLog open(Path folder, Consumer<String> copy, InstantSource clock) throws IOException {
        return open(folder, FILE_BYTES, copy, clock);
    }

    /** The same with files of another length. */
    static AuditLog open(Path folder, long fileBytes, Consumer<String> copy, InstantSource clock) throws IOException {
        try {
            return new AuditLog(new AuditFolder(folder), fileBytes, copy, clock);
        } catch (IllegalArgumentException changed) {
            throw new IOException(
                    "the last record of the audit log in " + folder + " was changed by somebody; see 'capstan audit"
                            + " verify', move the folder away, keep it, and start again",
                    changed);
        }
    }

    private AuditEvent started(String code) {
        return new AuditEvent(Kind.LOG, clock.instant(), "", "", "local", "", "", "", 0, code, null);
    }

    /**
     * Lets a write in: what it does will be kept, by {@link #append} with the same request, or at the next start.
     *
     * @param intention the write, of which neither status nor code nor change is known
     * @throws ArmFailure 503 if the disk is full
     */
    public void begin(AuditEvent intention) {
        if (!hasReserve && !tryReserve()) {
            throw full();
        }
        try {
            enqueue(intention, true).join();
        } catch (CompletionException notKept) {
            throw full();
        }
    }

    private synchronized boolean tryReserve() {
        if (hasReserve) {
            return true;
        }
        try {
            folder.reserve();
            hasReserve = true;
            LOG.info("There is room for the audit log again: writes are taken");
            return true;
        } catch (IOException stillFull) {
            return false;
        }
    }

    private static ArmFailure full() {
        return ArmFailure.unavailable(
                "The server's audit log cannot be written: its disk is full or failing. Nothing is changed without a record;"
                        + " its administrator has to make room in CAPSTAN_HOME.");
    }

    /**
     * Keeps an event; returns when it is on the disk.
     *
     * @throws ArmFailure 503 if it could not be kept, for all that was reserved
     */
    public void append(AuditEvent event) {
        try {
            enqueue(event, false).join();
        } catch (CompletionException notKept) {
            throw ArmFailure.unavailable(
                    "The record of this request could not be kept, and whether its change was made is not known: look at the"
                            + " resource.");
        }
    }

    private CompletableFuture<@Nullable Void> enqueue(AuditEvent event, boolean begins) {
        Waiting waiting = new Waiting(event, begins, new CompletableFuture<>());
        synchronized (lock) {
            if (closed) {
                throw ArmFailure.unavailable(
                        begins
                                ? "The server ends. Nothing was changed."
                                : "The server ends. Whether the change was made is not known.");
            }
            queue.add(waiting);
            lock.notifyAll();
        }
        return waiting.done();
    }

    private void write() {
        while (true) {
            List<Waiting> batch;
            synchronized (lock) {
                while (queue.isEmpty() && !closed) {
                    try {
                        lock.wait();
                    } catch (InterruptedException notOurs) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                }
                if (queue.isEmpty()) {
                    return;
                }
                batch = queue;
                queue = new ArrayList<>();
            }
            begin(batch.stream().filter(Waiting::begins).toList());
            write(batch.stream().filter(waiting -> !waiting.begins()).toList());
        }
    }

    private void begin(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            underWay.begin(batch.stream().map(Waiting::event).toList());
            batch.forEach(waiting -> waiting.done().complete(null));
        } catch (IOException | RuntimeException e) {
            LOG.error("What is under way cannot be written for the audit log", e);
            batch.forEach(waiting -> waiting.done().completeExceptionally(e));
        }
    }

    private void write(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<String> lines = new ArrayList<>();
            AuditChain next = chain;
            for (Waiting waiting : batch) {
                AuditChain.Link link = next.append(waiting.event().json());
                lines.add(link.line());
                next = link.chain();
            }
            byte[] bytes = String.join("", lines).getBytes(StandardCharsets.UTF_8);
            if (length > 0 && length + bytes.length > fileBytes) {
                rotate();
            }
            keep(bytes);
            chain = next;
            AuditFolder.writeHead(head, chain);
            for (Waiting waiting : batch) {
                underWay.end(waiting.event().request());
            }
            batch.forEach(waiting -> waiting.done().complete(null));
            lines.forEach(copy);
        } catch (IOException | RuntimeException e) {
            LOG.error("The audit log cannot be written", e);
            batch.forEach(waiting -> waiting.done().completeExceptionally(e));
        }
    }

    private void rotate() throws IOException {
        FileChannel next = folder.create(folder.fileFrom(chain.sequence() + 1));
        file.close();
        file = next;
        length = 0;
    }

    /** Appends these bytes whole or not at all, with the reserve's room where there is no other. */
    private void keep(byte[] bytes) throws IOException {
        try {
            append(bytes);
        } catch (IOException first) {
            file.truncate(length);
            hasReserve = false;
            if (!folder.release()) {
                throw first;
            }
            LOG.error("The audit log's disk is full; its reserve is used, and writes are refused until there is room");
            try {
                append(bytes);
            } catch (IOException second) {
                file.truncate(length);
                throw second;
            }
        }
    }

    private void append(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long at = length;
        while (buffer.hasRemaining()) {
            at += file.write(buffer, at);
        }
        file.force(false);
        length = at;
    }

    /** Writes what waits, and ends. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            writer.join();
            file.close();
            head.close();
            underWay.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
