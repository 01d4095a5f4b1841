package dev.capstan.embeddedkubernetes.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.Subresource;
import dev.capstan.embeddedkubernetes.kinds.VersionPriority;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the discovery documents from the kinds, which is all they depend on. Everything is sorted, so that equal kinds give
 * equal bytes and an ETag may be taken of them: groups by name, versions best first, resources by name.
 *
 * <p>Two forms: the plain one (one document per group version, all clients know it) and the aggregated one (two documents
 * tell everything, clients since 1.26 ask for it). Field names: Kubernetes API reference, {@code meta/v1} and
 * {@code apidiscovery.k8s.io/v2}.
 */
public final class Discovery {

    /** The content type of the aggregated documents. */
    public static final String AGGREGATED_CONTENT_TYPE =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Discovery() {}

    /** {@code GET /api}. */
    public static ObjectNode coreVersions() {
        ObjectNode document = JSON.objectNode().put("kind", "APIVersions");
        document.putArray("versions").add("v1");
        document.putArray("serverAddressByClientCIDRs");
        return document;
    }

    /** {@code GET /apis}. */
    public static ObjectNode groups(Collection<Kind> kinds) {
        ObjectNode document = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = document.putArray("groups");
        namedGroups(kinds).forEach(g -> groups.add(groupBody(JSON.objectNode(), g, kinds)));
        return document;
    }

    /** {@code GET /apis/GROUP}; nothing when no kind has the group. */
    public static Optional<ObjectNode> group(String group, Collection<Kind> kinds) {
        if (!namedGroups(kinds).contains(group)) {
            return Optional.empty();
        }
        return Optional.of(groupBody(JSON.objectNode().put("kind", "APIGroup").put("apiVersion", "v1"), group, kinds));
    }

    /** {@code GET /api/v1} (group empty) or {@code GET /apis/GROUP/VERSION}; nothing when no kind has them. */
    public static Optional<ObjectNode> resources(String group, String version, Collection<Kind> kinds) {
        List<Kind> members = members(group, version, kinds);
        if (members.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode document = JSON.objectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", members.getFirst().apiVersion());
        ArrayNode resources = document.putArray("resources");
        for (Kind kind : members) {
            ObjectNode resource = resources
                    .addObject()
                    .put("name", kind.plural())
                    .put("singularName", kind.singular())
                    .put("namespaced", kind.namespaced())
                    .put("kind", kind.kind());
            addSorted(resource, "verbs", kind.verbs());
            addNames(resource, kind);
            for (Subresource subresource : kind.subresources()) {
                ObjectNode entry = resources
                        .addObject()
                        .put("name", kind.plural() + "/" + subresource.name())
                        .put("singularName", "")
                        .put("namespaced", kind.namespaced());
                if (!subresource.group().equals(kind.group())
                        || !subresource.version().equals(kind.version())) {
                    entry.put("group", subresource.group()).put("version", subresource.version());
                }
                addSorted(entry.put("kind", subresource.kind()), "verbs", subresource.verbs());
            }
        }
        return Optional.of(document);
    }

    /** {@code GET /api} in the aggregated form. */
    public static ObjectNode aggregatedCore(Collection<Kind> kinds) {
        return aggregated(Set.of(""), kinds);
    }

    /** {@code GET /apis} in the aggregated form. */
    public static ObjectNode aggregatedGroups(Collection<Kind> kinds) {
        return aggregated(namedGroups(kinds), kinds);
    }

    private static ObjectNode aggregated(Set<String> groups, Collection<Kind> kinds) {
        ObjectNode document =
                JSON.objectNode().put("kind", "APIGroupDiscoveryList").put("apiVersion", "apidiscovery.k8s.io/v2");
        document.putObject("metadata");
        ArrayNode items = document.putArray("items");
        for (String group : groups) {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            ArrayNode versions = item.putArray("versions");
            for (String version : versions(group, kinds)) {
                ObjectNode entry = versions.addObject().put("version", version);
                ArrayNode resources = entry.putArray("resources");
                members(group, version, kinds).forEach(k -> resources.add(aggregatedResource(k)));
                entry.put("freshness", "Current");
            }
        }
        return document;
    }

    private static ObjectNode aggregatedResource(Kind kind) {
        ObjectNode resource = JSON.objectNode().put("resource", kind.plural());
        resource.set("responseKind", responseKind(kind.group(), kind.version(), kind.kind()));
        resource.put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
        resource.put("singularResource", kind.singular());
        addSorted(resource, "verbs", kind.verbs());
        addNames(resource, kind);
        if (!kind.subresources().isEmpty()) {
            ArrayNode subresources = resource.putArray("subresources");
            for (Subresource s : kind.subresources()) {
                ObjectNode entry = subresources.addObject().put("subresource", s.name());
                entry.set("responseKind", responseKind(s.group(), s.version(), s.kind()));
                addSorted(entry, "verbs", s.verbs());
            }
        }
        return resource;
    }

    private static ObjectNode responseKind(String group, String version, String kind) {
        return JSON.objectNode().put("group", group).put("version", version).put("kind", kind);
    }

    private static ObjectNode groupBody(ObjectNode body, String group, Collection<Kind> kinds) {
        body.put("name", group);
        List<String> versions = versions(group, kinds);
        ArrayNode entries = body.putArray("versions");
        versions.forEach(v -> entries.add(groupVersion(group, v)));
        body.set("preferredVersion", groupVersion(group, versions.getFirst()));
        return body;
    }

    private static ObjectNode groupVersion(String group, String version) {
        return JSON.objectNode().put("groupVersion", group + "/" + version).put("version", version);
    }

    private static Set<String> namedGroups(Collection<Kind> kinds) {
        Set<String> groups = new TreeSet<>();
        kinds.forEach(k -> groups.add(k.group()));
        groups.remove("");
        return groups;
    }

    private static List<String> versions(String group, Collection<Kind> kinds) {
        return kinds.stream()
                .filter(k -> k.group().equals(group))
                .map(Kind::version)
                .distinct()
                .sorted(VersionPriority.BEST_FIRST)
                .toList();
    }

    private static List<Kind> members(String group, String version, Collection<Kind> kinds) {
        return kinds.stream()
                .filter(k -> k.group().equals(group) && k.version().equals(version))
                .sorted(Comparator.comparing(Kind::plural))
                .toList();
    }

    private static void addNames(ObjectNode resource, Kind kind) {
        if (!kind.shortNames().isEmpty()) {
            kind.shortNames().forEach(resource.putArray("shortNames")::add);
        }
        if (!kind.categories().isEmpty()) {
            kind.categories().forEach(resource.putArray("categories")::add);
        }
    }

    private static void addSorted(ObjectNode node, String field, Collection<String> values) {
        ArrayNode array = node.putArray(field);
        values.stream().sorted().forEach(array::add);
    }
}
