package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.rbac.Policy;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Event;
import dev.capstan.embeddedkubernetes.store.Write;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The objects of one virtual cluster with everything that acts on them: the kinds served, reading, writing, watching and
 * cleaning up.
 */
public final class ObjectService implements AutoCloseable {
    private final BuiltinKinds builtin;
    private final ClusterStore store;
    private final List<Admission> admissions = new CopyOnWriteArrayList<>(
            List.of(new Namespaces(), new CustomResources(), new SecretsAndConfigMaps(), new Pods()));
    private final Reads reads;
    private final Writes writes;
    private final Cleanup cleanup;
    private volatile Registry registry;

    private ObjectService(BuiltinKinds builtin, ClusterStore store, String name) {
        this.builtin = builtin;
        this.store = store;
        this.registry =
                Registry.of(builtin, store.list(CustomResources.RESOURCE, null).objects());
        this.reads = new Reads(store);
        this.writes = new Writes(store, admissions);
        this.cleanup = new Cleanup(store, this::registry, name);
        store.observe(this::observe);
    }

    /**
     * Opens the objects in a file, making the file and the objects every cluster has when they are not there.
     *
     * @param name for the names of threads
     */
    public static ObjectService open(Path file, BuiltinKinds builtin, String name) {
        ClusterStore store = ClusterStore.open(file, Json.MAPPER);
        try {
            ObjectService service = new ObjectService(builtin, store, name);
            service.makeMissing();
            service.cleanup.start();
            return service;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void observe(List<Event> events) {
        if (events.stream().anyMatch(event -> event.key().resource().equals(CustomResources.RESOURCE))) {
            registry = Registry.of(
                    builtin, store.list(CustomResources.RESOURCE, null).objects());
        }
        cleanup.observe(events);
    }

    private void makeMissing() {
        List<ObjectNode> wanted = new ArrayList<>();
        for (String name : new TreeSet<>(Namespaces.AT_START)) {
            ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            namespace.putObject("metadata").put("name", name);
            wanted.add(namespace);
        }
        wanted.addAll(Policy.defaultObjects());
        List<Write<Writes.Result>> creations = new ArrayList<>();
        for (ObjectNode object : wanted) {
            Target target = targetOf(object);
            if (store.get(target.key()) == null) {
                Target collection = new Target(target.kind(), target.namespace(), "", "");
                creations.add(writes.creation(collection, null, new Decoder.Body(object.deepCopy(), List.of())));
            }
        }
        if (!creations.isEmpty()) {
            // One commit: a cluster is either new or complete.
            int _ = store.write(draft -> {
                creations.forEach(creation -> creation.run(draft));
                return creations.size();
            });
        }
    }

    /**
     * The address of an object by its {@code apiVersion}, {@code kind} and metadata.
     *
     * @throws IllegalArgumentException if the kind is not served
     */
    public Target targetOf(ObjectNode object) {
        String apiVersion = object.path("apiVersion").asText("");
        String type = object.path("kind").asText("");
        Kind kind = registry.find(apiVersion, type)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The kind \"" + type + "\" in version \"" + apiVersion + "\" is not served by this cluster."));
        String namespace = kind.namespaced() ? Json.meta(object, "namespace") : "";
        return new Target(kind, namespace, Json.meta(object, "name"), "");
    }

    /** Adds one more look at every write, after those that are there. */
    public void addAdmission(Admission admission) {
        admissions.add(admission);
    }

    /** The kinds served now. */
    public Registry registry() {
        return registry;
    }

    /** Getting and listing. */
    public Reads reads() {
        return reads;
    }

    /** Changing. */
    public Writes writes() {
        return writes;
    }

    /** Begins a watch. */
    public Watching watch(Target target, Parameters parameters) {
        return Watching.open(store, target, parameters);
    }

    /** The store underneath. */
    public ClusterStore store() {
        return store;
    }

    /** Ends watches and background work and closes the file. */
    @Override
    public void close() {
        cleanup.close();
        store.close();
    }
}
