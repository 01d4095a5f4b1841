package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Draft;
import dev.capstan.embeddedkubernetes.store.Event;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import dev.capstan.embeddedkubernetes.store.StorageFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what must not outlive something else, in the background:
 *
 * <ol>
 *   <li>objects all of whose owners are gone (an owner of a kind that is not served counts as there);
 *   <li>the dependents of an owner that is deleted in the foreground, before it; an orphaning owner's dependents are
 *       set free;
 *   <li>everything in a terminating namespace, then the namespace;
 *   <li>every object of a terminating CustomResourceDefinition, then the definition;
 *   <li>Events an hour after they were last seen, as a real API server does.
 * </ol>
 *
 * A pass looks at everything in memory within one store write and is repeated until it finds nothing to do. It starts
 * only after a commit that can matter, at opening (a kill may have come between), and when the oldest Event falls due:
 * an idle cluster does nothing.
 */
final class Cleanup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    private static final Duration EVENT_LIFE = Duration.ofHours(1);
    /** Events due within this time are deleted together. */
    private static final Duration TOGETHER = Duration.ofMinutes(5);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final ClusterStore store;
    private final Supplier<Registry> registry;
    private final Semaphore wanted = new Semaphore(1);
    private final Thread worker;

    Cleanup(ClusterStore store, Supplier<Registry> registry, String name) {
        this.store = store;
        this.registry = registry;
        this.worker = Thread.ofVirtual().name("kubernetes-cleanup-" + name).unstarted(this::work);
    }

    void start() {
        worker.start();
    }

    /** Looks at a commit; called on the store's writer thread. */
    void observe(List<Event> events) {
        for (Event event : events) {
            JsonNode metadata = event.object().path("metadata");
            if (event.deleted()
                    || metadata.has("deletionTimestamp")
                    || (event.previous() == null
                            && (metadata.has("ownerReferences")
                                    || isEvent(event.key().resource())))) {
                wanted.release();
                return;
            }
        }
    }

    private static boolean isEvent(String resource) {
        return resource.equals("events") || resource.equals("events.events.k8s.io");
    }

    private void work() {
        Duration wait = LONGEST_WAIT;
        try {
            while (true) {
                boolean _ = wanted.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
                wanted.drainPermits();
                try {
                    Instant due = store.write(this::pass);
                    wait = Duration.between(Instant.now(), due.plus(TOGETHER));
                    wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
                } catch (StorageFailure e) {
                    if (Thread.interrupted()) {
                        return;
                    }
                    LOG.warn("Deleting what outlived its owner failed, will try again: {}", e.getMessage());
                    Thread.sleep(AFTER_FAILURE);
                    wanted.release();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** One pass; the time at which the next Event falls due. */
    private Instant pass(Draft draft) {
        Registry kinds = registry.get();
        Set<String> living = new HashSet<>();
        for (Kind kind : kinds.stored()) {
            draft.list(kind.resource(), null).forEach(object -> living.add(Json.meta(object, "uid")));
        }
        for (Kind kind : kinds.stored()) {
            for (ObjectNode object : draft.list(kind.resource(), null)) {
                ObjectKey key = Draft.keyOf(kind.resource(), object);
                ObjectNode current = draft.get(key);
                if (current != null) {
                    collect(draft, kinds, living, key, current);
                }
            }
        }
        for (ObjectNode definition : draft.list(CustomResources.RESOURCE, null)) {
            if (definition.path("metadata").has("deletionTimestamp")) {
                emptyThenRelease(draft, definition);
            }
        }
        for (ObjectNode namespace : draft.list(Namespaces.RESOURCE, null)) {
            if (namespace.path("metadata").has("deletionTimestamp")) {
                emptyThenRelease(draft, kinds, namespace);
            }
        }
        return expireEvents(draft);
    }

    private static void collect(Draft draft, Registry kinds, Set<String> living, ObjectKey key, ObjectNode object) {
        JsonNode owners = object.path("metadata").path("ownerReferences");
        boolean deleting = object.path("metadata").has("deletionTimestamp");
        if (!owners.isEmpty() && !deleting) {
            boolean allGone = true;
            for (JsonNode owner : owners) {
                String apiVersion = owner.path("apiVersion").asText("");
                String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
                boolean served =
                        kinds.storedByType(group, owner.path("kind").asText("")).isPresent();
                allGone &= served && !living.contains(owner.path("uid").asText(""));
            }
            if (allGone) {
                Lifecycle.delete(draft, key, object, List.of());
                return;
            }
        }
        if (deleting) {
            releaseOwner(draft, kinds, key, object);
        }
    }

    /** Deals with the dependents of an object deleted with propagationPolicy Foreground or Orphan. */
    private static void releaseOwner(Draft draft, Registry kinds, ObjectKey key, ObjectNode owner) {
        List<String> finalizers = Lifecycle.finalizers(owner);
        boolean orphan = finalizers.contains(DeleteOptions.ORPHAN);
        if (!orphan && !finalizers.contains(DeleteOptions.FOREGROUND)) {
            return;
        }
        String uid = Json.meta(owner, "uid");
        boolean waiting = false;
        for (Kind kind : kinds.stored()) {
            for (ObjectNode dependent : draft.list(kind.resource(), null)) {
                if (isOwnedBy(dependent, uid)) {
                    ObjectKey dependentKey = Draft.keyOf(kind.resource(), dependent);
                    if (orphan) {
                        draft.put(dependentKey, withoutOwner(dependent, uid));
                    } else {
                        waiting |= !Lifecycle.delete(draft, dependentKey, dependent, List.of())
                                .gone();
                    }
                }
            }
        }
        if (!waiting) {
            release(draft, key, owner, orphan ? DeleteOptions.ORPHAN : DeleteOptions.FOREGROUND);
        }
    }

    private static boolean isOwnedBy(ObjectNode object, String uid) {
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("uid").asText("").equals(uid)) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode withoutOwner(ObjectNode object, String uid) {
        ObjectNode copy = object.deepCopy();
        ObjectNode metadata = Json.metadata(copy);
        ArrayNode kept = Json.MAPPER.createArrayNode();
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (!owner.path("uid").asText("").equals(uid)) {
                kept.add(owner);
            }
        }
        if (kept.isEmpty()) {
            metadata.remove("ownerReferences");
        } else {
            metadata.set("ownerReferences", kept);
        }
        return copy;
    }

    /** Takes a finalizer away; the object goes when it was the last. */
    private static void release(Draft draft, ObjectKey key, ObjectNode object, String finalizer) {
        ObjectNode copy = object.deepCopy();
        ArrayNode kept = Json.MAPPER.createArrayNode();
        Lifecycle.finalizers(object).stream()
                .filter(each -> !each.equals(finalizer))
                .forEach(kept::add);
        if (kept.isEmpty()) {
            Json.metadata(copy).remove("finalizers");
        } else {
            Json.metadata(copy).set("finalizers", kept);
        }
        if (Lifecycle.isReadyToGo(copy)) {
            draft.delete(key, copy);
        } else {
            draft.put(key, copy);
        }
    }

    private static void emptyThenRelease(Draft draft, ObjectNode definition) {
        String resource = CustomResources.resourceOf(definition);
        if (deleteAll(draft, resource, null) && Lifecycle.finalizers(definition).isEmpty()) {
            draft.delete(new ObjectKey(CustomResources.RESOURCE, "", Json.meta(definition, "name")));
        }
    }

    private static void emptyThenRelease(Draft draft, Registry kinds, ObjectNode namespace) {
        String name = Json.meta(namespace, "name");
        boolean empty = true;
        for (Kind kind : kinds.stored()) {
            if (kind.namespaced()) {
                empty &= deleteAll(draft, kind.resource(), name);
            }
        }
        if (empty && !namespace.path("spec").path("finalizers").isEmpty()) {
            ObjectNode copy = namespace.deepCopy();
            copy.putObject("spec");
            if (Lifecycle.isReadyToGo(copy)) {
                draft.delete(Namespaces.key(name), copy);
            } else {
                draft.put(Namespaces.key(name), copy);
            }
        }
    }

    /** Deletes the objects; whether none is left, held by a finalizer. */
    private static boolean deleteAll(Draft draft, String resource, @Nullable String namespace) {
        boolean empty = true;
        for (ObjectNode object : draft.list(resource, namespace)) {
            empty &= Lifecycle.delete(draft, Draft.keyOf(resource, object), object, List.of())
                    .gone();
        }
        return empty;
    }

    private static Instant expireEvents(Draft draft) {
        Instant now = Instant.now();
        Instant next = now.plus(LONGEST_WAIT);
        for (String resource : List.of("events", "events.events.k8s.io")) {
            for (ObjectNode event : draft.list(resource, null)) {
                Instant due = lastSeen(event).plus(EVENT_LIFE);
                if (due.isBefore(now)) {
                    Lifecycle.delete(draft, Draft.keyOf(resource, event), event, List.of());
                } else if (due.isBefore(next)) {
                    next = due;
                }
            }
        }
        return next;
    }

    private static Instant lastSeen(ObjectNode event) {
        Instant latest = Instant.EPOCH;
        for (String text : List.of(
                event.path("lastTimestamp").asText(""),
                event.path("eventTime").asText(""),
                event.path("series").path("lastObservedTime").asText(""),
                Json.meta(event, "creationTimestamp"))) {
            try {
                Instant time = text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
                latest = time.isAfter(latest) ? time : latest;
            } catch (DateTimeParseException _) {
                // Not a time: the others count; creationTimestamp is the server's own.
            }
        }
        return latest;
    }

    @Override
    public void close() {
        worker.interrupt();
    }
}
