package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * All the server knows of one kind in one version. Everything is data: no code belongs to a single kind.
 *
 * <p>The schema is never changed after construction and may be read by many threads; readers must not write to it.
 *
 * @param group the API group, empty for the core group
 * @param version the version, such as {@code v1}
 * @param kind the kind, such as {@code Secret}
 * @param listKind the kind of its lists, such as {@code SecretList}
 * @param plural the name of the resource in paths, such as {@code secrets}
 * @param singular its singular, such as {@code secret}
 * @param shortNames abbreviations for the command line
 * @param categories groups of resources it is part of, such as {@code all}
 * @param namespaced whether objects live in a namespace
 * @param storage whether objects of the resource are stored in this version
 * @param custom whether a CustomResourceDefinition defines it
 * @param verbs what may be done with it; a kind with {@code create} alone is virtual and never stored
 * @param subresources its subresources
 * @param definition its name in OpenAPI documents, such as {@code io.k8s.api.core.v1.Secret}
 * @param schema OpenAPI v3 schema of a whole object, all references resolved, with the strategic-merge keys as
 *     {@code x-kubernetes-patch-merge-key} and {@code x-kubernetes-patch-strategy}
 * @param columns the columns of its table, the name first
 * @param fieldSelectors the fields that may be selected by, as paths without a leading dot
 * @param nameFormat what its names may look like
 */
public record Kind(
        String group,
        String version,
        String kind,
        String listKind,
        String plural,
        String singular,
        List<String> shortNames,
        List<String> categories,
        boolean namespaced,
        boolean storage,
        boolean custom,
        Set<String> verbs,
        List<Subresource> subresources,
        String definition,
        ObjectNode schema,
        List<PrinterColumn> columns,
        Set<String> fieldSelectors,
        NameFormat nameFormat) {

    public Kind {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        verbs = Set.copyOf(verbs);
        subresources = List.copyOf(subresources);
        columns = List.copyOf(columns);
        fieldSelectors = Set.copyOf(fieldSelectors);
    }

    /** The {@code apiVersion} of its objects: {@code v1} or {@code group/version}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The resource with its group, as in messages: {@code secrets} or {@code trusts.example.org}. */
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** The kind with its group, as in messages: {@code Secret} or {@code Trust.example.org}. */
    public String qualifiedKind() {
        return group.isEmpty() ? kind : kind + "." + group;
    }

    /** The path of its group version below the server's root, without slashes at the ends: {@code api/v1}, {@code apis/g/v}. */
    public String groupVersionPath() {
        return (group.isEmpty() ? "api/" : "apis/") + apiVersion();
    }

    /** Whether it is answered and never stored, such as SelfSubjectAccessReview. */
    public boolean virtual() {
        return verbs.equals(Set.of("create"));
    }

    /** The subresource of that name. */
    public Optional<Subresource> subresource(String name) {
        return subresources.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** Whether {@code status} is written through its own subresource only. */
    public boolean hasStatus() {
        return subresource("status").isPresent();
    }

    /** The singular that Kubernetes assumes when none is given. */
    public static String singularOf(String kind) {
        return kind.toLowerCase(Locale.ROOT);
    }
}
