package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads through the management cluster's API: one request each, with no resourceVersion, so that what is read is the newest. */
final class ApiReads implements Reads {

    private final KubernetesApi api;

    ApiReads(KubernetesApi api) {
        this.api = api;
    }

    @Override
    public Optional<ObjectNode> get(String plural, String name) {
        return api.get(Kind.pathOf(plural) + "/" + name);
    }

    @Override
    public List<ObjectNode> list(String plural) {
        List<ObjectNode> all = new ArrayList<>();
        api.get(Kind.pathOf(plural)).ifPresent(list -> list.path("items").forEach(item -> all.add((ObjectNode) item)));
        return all;
    }
}
