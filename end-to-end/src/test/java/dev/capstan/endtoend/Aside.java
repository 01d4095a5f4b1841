package dev.capstan.endtoend;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Does something beside the test, on a thread of its own. Never in the JDK's common pool: on two processors that is one thread,
 * and every answer to {@code HttpClient.sendAsync} (JDK 25: {@code HttpClientImpl.ASYNC_POOL}), which is how fabric8 asks, goes
 * through it. Who waits there lets every client in this process wait, until it gives up.
 */
public final class Aside {

    private static final Executor THREADS = work -> Thread.ofPlatform().start(work);

    private Aside() {}

    /** Begins; whoever joins gets what it returns or throws. */
    public static <T> CompletableFuture<T> call(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, THREADS);
    }

    /** Begins; whoever joins gets what it throws. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, THREADS);
    }
}
