package dev.capstan.truststore;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Reads a store all the while, in a thread of its own, as every client would. */
final class Poll implements AutoCloseable {

    private final AtomicBoolean done = new AtomicBoolean();
    private final CompletableFuture<Integer> reads = new CompletableFuture<>();

    private Poll() {}

    static Poll start(Readers readers, Passage passage) {
        Poll poll = new Poll();
        Thread.ofPlatform().daemon().name("reader").start(() -> {
            int reads = 0;
            try {
                while (!poll.done.get()) {
                    synchronized (poll.reads) {
                        passage.isUnderWay(readers, "at read " + reads);
                    }
                    reads++;
                }
                poll.reads.complete(reads);
            } catch (Throwable broken) {
                poll.reads.completeExceptionally(broken);
            }
        });
        return poll;
    }

    /** Runs a program that leaves windows itself while nobody reads. */
    void without(Supplier<Programs.Result> program) {
        synchronized (reads) {
            program.get().succeeded();
        }
    }

    /** Whether a reader has missed or met something already. */
    void check() throws ExecutionException, InterruptedException {
        if (reads.isDone()) {
            reads.get();
        }
    }

    /** How often the store was read; fails if a reader ever missed or met something. */
    int end() throws ExecutionException, InterruptedException {
        done.set(true);
        return reads.get();
    }

    @Override
    public void close() {
        done.set(true);
    }
}
