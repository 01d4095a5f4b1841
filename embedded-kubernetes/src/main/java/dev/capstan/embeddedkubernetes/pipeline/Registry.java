package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.openapi.OpenApi;
import dev.capstan.embeddedkubernetes.schema.CrdKinds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds a virtual cluster serves at one moment. Immutable: a change of the definitions makes a new one. */
public final class Registry {
    private record Path(String group, String version, String plural) {}

    private record Type(String group, String kind) {}

    private final BuiltinKinds builtin;
    private final List<Kind> custom;
    private final List<Kind> all = new ArrayList<>();
    private final Map<Path, Kind> byPath = new HashMap<>();
    private final Map<String, Kind> stored = new HashMap<>();
    private final Map<Type, Kind> storedByType = new HashMap<>();
    private volatile @Nullable OpenApi openApi;

    private Registry(BuiltinKinds builtin, List<Kind> custom) {
        this.builtin = builtin;
        this.custom = List.copyOf(custom);
        all.addAll(builtin.all());
        all.addAll(custom);
        for (Kind kind : all) {
            byPath.put(new Path(kind.group(), kind.version(), kind.plural()), kind);
            if (!kind.virtual()) {
                if (kind.storage()) {
                    stored.put(kind.resource(), kind);
                } else {
                    stored.putIfAbsent(kind.resource(), kind);
                }
                storedByType.put(
                        new Type(kind.group(), kind.kind()), Objects.requireNonNull(stored.get(kind.resource())));
            }
        }
    }

    /** The built-in kinds and those of the CustomResourceDefinitions that are established and not being deleted away. */
    public static Registry of(BuiltinKinds builtin, Collection<ObjectNode> definitions) {
        List<Kind> custom = new ArrayList<>();
        for (ObjectNode definition : definitions) {
            if (CustomResources.isEstablished(definition)) {
                custom.addAll(CrdKinds.of(definition).kinds());
            }
        }
        return new Registry(builtin, custom);
    }

    /** The kind served at {@code /apis/GROUP/VERSION/PLURAL}. */
    public Optional<Kind> find(String group, String version, String plural) {
        return Optional.ofNullable(byPath.get(new Path(group, version, plural)));
    }

    /** The kind with that {@code apiVersion} and {@code kind}. */
    public Optional<Kind> find(String apiVersion, String kind) {
        return all.stream()
                .filter(each -> each.kind().equals(kind) && each.apiVersion().equals(apiVersion))
                .findFirst();
    }

    /** The stored kind of a group in its storage version. */
    public Optional<Kind> storedByType(String group, String kind) {
        return Optional.ofNullable(storedByType.get(new Type(group, kind)));
    }

    /** One kind for each stored resource. */
    public Collection<Kind> stored() {
        return stored.values();
    }

    /** A kind that is the body of requests only, such as {@code TokenRequest}, in all its versions. */
    public List<Kind> body(String kind) {
        return builtin.body(kind);
    }

    /** All kinds in all versions. */
    public List<Kind> all() {
        return all;
    }

    /** The OpenAPI documents, made when first asked for. */
    public OpenApi openApi() {
        OpenApi made = openApi;
        if (made == null) {
            made = OpenApi.of(builtin, custom);
            openApi = made;
        }
        return made;
    }
}
