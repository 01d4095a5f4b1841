package dev.capstan.embeddedkubernetes.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A write that waits for its group: run on the writer thread, answered after the commit. A refusal waits, too: what it was
 * judged by may be another write of the group, which nobody can read before the commit, and which may fail.
 */
final class Pending<T> {
    private final Write<T> write;
    private final boolean keep;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Throwable refusal;

    Pending(Write<T> write, boolean keep) {
        this.write = write;
        this.keep = keep;
    }

    /** Runs the write and what follows from it on top of the group; an exception drops its changes and is its answer. */
    void runOn(Draft group, List<Derivation> derivations) {
        Draft own = new Draft(group, group.resourceVersion());
        try {
            result = write.run(own);
            derivations.forEach(derivation -> derivation.follow(own));
        } catch (RuntimeException | StackOverflowError e) {
            refusal = e;
            return;
        }
        if (keep) {
            group.accept(own);
        }
    }

    void acknowledge() {
        if (refusal == null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(refusal);
        }
    }

    void fail(StorageFailure failure) {
        answer.completeExceptionally(failure);
    }

    T await() {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
