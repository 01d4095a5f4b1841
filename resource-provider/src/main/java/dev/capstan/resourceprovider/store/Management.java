package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resources.Names;
import java.util.List;
import java.util.Optional;

/**
 * The custom resources of the management cluster.
 *
 * <p>Every change of a request goes through {@link #commit}: it reads, decides, and writes <em>one</em> object with the
 * resourceVersion it read. So a request is done whole or not at all wherever this process dies, and two requests at once
 * are done one after the other: who comes second reads and decides again.
 */
public final class Management implements AutoCloseable {

    private static final int TRIES = 5;

    private final KubernetesApi api;
    private final Reads reads;
    private final StoredObjects known = new StoredObjects();

    /** Reads and writes through the cluster's API. */
    public Management(KubernetesApi api) {
        this(api, new ApiReads(api));
    }

    /** Writes through the cluster's API, and reads there. */
    public Management(KubernetesApi api, Reads reads) {
        this.api = api;
        this.reads = reads;
    }

    /** What one request does: reads, decides, and makes at most one of the calls below that write. */
    @FunctionalInterface
    public interface Change<R> {
        R make() throws Conflict;
    }

    /**
     * Makes a change, again from its beginning where somebody else wrote in between.
     *
     * @throws ArmFailure 409 if that goes on happening; whatever the change refuses
     */
    public <R> R commit(Change<R> change) {
        for (int i = 0; i < TRIES; i++) {
            try {
                return change.make();
            } catch (Conflict writtenMeanwhile) {
                // Decided on what is no longer so: the next turn reads it again.
            }
        }
        throw ArmFailure.of(
                409,
                "Conflict",
                "The resource was changed by others each time this request was about to change it. Nothing was changed;"
                        + " send it again.");
    }

    /** The object of that name: the same one each time until it changes. */
    public <S, T> Optional<Stored<S, T>> find(Kind<S, T> kind, String name) {
        return known.of(kind, name, reads.get(kind.plural(), name));
    }

    /** Every object of a kind, each the same one each time until it changes. */
    public <S, T> List<Stored<S, T>> list(Kind<S, T> kind) {
        return known.of(kind, reads.list(kind.plural()));
    }

    /** Makes an object; answers with it as it was stored. */
    public <S, T> Stored<S, T> create(Kind<S, T> kind, String name, S spec) throws Conflict {
        ObjectNode tree = Json.object().put("apiVersion", Names.API_VERSION).put("kind", kind.name());
        tree.putObject("metadata").put("name", name);
        tree.set("spec", Json.tree(spec));
        return Stored.of(kind, api.create(kind.path(), tree));
    }

    /** Replaces an object's spec and leaves all else of it alone; answers with it as it was stored. */
    public <S, T> Stored<S, T> replace(Kind<S, T> kind, Stored<S, T> read, S spec) throws Conflict {
        ObjectNode tree = read.tree().deepCopy();
        tree.set("spec", Json.tree(spec));
        return Stored.of(kind, api.replace(kind.path(read.name()), tree));
    }

    public <S, T> void delete(Kind<S, T> kind, Stored<S, T> read) throws Conflict {
        api.delete(kind.path(read.name()), read.uid(), read.resourceVersion());
    }

    /** {@code gitVersion} of the API, such as {@code v1.34.2}. */
    public String version() {
        return api.get("/version")
                .map(version -> version.path("gitVersion").asText())
                .orElse("");
    }

    @Override
    public void close() {
        api.close();
    }
}
