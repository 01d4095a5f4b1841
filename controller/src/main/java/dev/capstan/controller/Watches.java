package dev.capstan.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The informers of one API: started together, waited for together, stopped together. */
final class Watches implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
    private static final int SYNC_SECONDS = 20;

    private final String what;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final List<CompletableFuture<Void>> started = new ArrayList<>();

    /**
     * No informer yet.
     *
     * @param what the API, in words
     */
    Watches(String what) {
        this.what = what;
    }

    /**
     * Starts an informer.
     *
     * @param changed told of every change: what was, or null; what is, or null
     */
    <T extends HasMetadata> SharedIndexInformer<T> start(
            Informable<T> objects, BiConsumer<@Nullable T, @Nullable T> changed) {
        return start(objects, Map.of(), changed);
    }

    /**
     * Starts an informer with indexes of its own.
     *
     * @param indexes by name: the keys of an object
     * @param changed told of every change: what was, or null; what is, or null
     */
    <T extends HasMetadata> SharedIndexInformer<T> start(
            Informable<T> objects,
            Map<String, Function<T, List<String>>> indexes,
            BiConsumer<@Nullable T, @Nullable T> changed) {
        SharedIndexInformer<T> informer = objects.runnableInformer(0);
        informer.addIndexers(indexes);
        informer.exceptionHandler((isStarted, failure) -> {
            LOG.warn("a watch of {} failed and is begun again: {}", what, failure.getMessage());
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                changed.accept(null, object);
            }

            @Override
            public void onUpdate(T before, T now) {
                changed.accept(before, now);
            }

            @Override
            public void onDelete(T object, boolean finalStateUnknown) {
                changed.accept(object, null);
            }
        });
        informers.add(informer);
        started.add(informer.start().toCompletableFuture());
        return informer;
    }

    /**
     * Waits until every informer holds what there is.
     *
     * @throws ReconcileException if the API does not answer in time
     */
    void await() throws ReconcileException, InterruptedException {
        try {
            CompletableFuture.allOf(started.toArray(CompletableFuture[]::new)).get(SYNC_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ReconcileException(
                    "ApiUnavailable",
                    "cannot list and watch " + what + " (" + e.getMessage() + "); it is tried again",
                    e);
        }
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }
}
