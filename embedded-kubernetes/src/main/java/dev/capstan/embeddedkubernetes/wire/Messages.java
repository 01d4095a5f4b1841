package dev.capstan.embeddedkubernetes.wire;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf messages that are understood: for each the field numbers with their JSON names and types. Numbers are those of
 * the {@code generated.proto} files of Kubernetes' API; they never change for a version of a kind. Fields that are not listed
 * are skipped.
 *
 * <p>A field is written {@code number name type}. Types: {@code string}, {@code bool}, {@code int}; with a question mark they
 * are pointers in Go, that is, an empty value is a value; {@code [string]}; {@code map} of strings, {@code bytes} a map of
 * byte strings, {@code lists} a map of string lists; {@code time}; {@code amount} an IntOrString; {@code fields} for managed
 * fields; else another message,
 * in brackets when repeated.
 */
final class Messages {

    /** A field of a message. */
    record Field(String name, String type) {
        boolean repeated() {
            return type.startsWith("[");
        }

        String element() {
            return repeated() ? type.substring(1, type.length() - 1) : type;
        }
    }

    private static final Map<String, Map<Integer, Field>> MESSAGES = new TreeMap<>();

    static {
        message("Time", "1 seconds int", "2 nanos int");
        message(
                "ObjectMeta",
                "1 name string",
                "2 generateName string",
                "3 namespace string",
                "5 uid string",
                "6 resourceVersion string",
                "7 generation int",
                "8 creationTimestamp time",
                "9 deletionTimestamp time",
                "10 deletionGracePeriodSeconds int?",
                "11 labels map",
                "12 annotations map",
                "13 ownerReferences [OwnerReference]",
                "14 finalizers [string]",
                "17 managedFields [ManagedFieldsEntry]");
        message(
                "OwnerReference",
                "1 kind string",
                "3 name string",
                "4 uid string",
                "5 apiVersion string",
                "6 controller bool?",
                "7 blockOwnerDeletion bool?");
        message(
                "ManagedFieldsEntry",
                "1 manager string",
                "2 operation string",
                "3 apiVersion string",
                "4 time time",
                "6 fieldsType string",
                "7 fieldsV1 fields",
                "8 subresource string");
        message(
                "ObjectReference",
                "1 kind string",
                "2 namespace string",
                "3 name string",
                "4 uid string",
                "5 apiVersion string",
                "6 resourceVersion string",
                "7 fieldPath string");
        message("LocalObjectReference", "1 name string");
        message("LabelSelector", "1 matchLabels map", "2 matchExpressions [LabelSelectorRequirement]");
        message("LabelSelectorRequirement", "1 key string", "2 operator string", "3 values [string]");

        message(
                "Secret",
                "1 metadata ObjectMeta",
                "2 data bytes",
                "3 type string",
                "4 stringData map",
                "5 immutable bool?");
        message("ConfigMap", "1 metadata ObjectMeta", "2 data map", "3 binaryData bytes", "4 immutable bool?");
        message("Namespace", "1 metadata ObjectMeta", "2 spec NamespaceSpec", "3 status NamespaceStatus");
        message("NamespaceSpec", "1 finalizers [string]");
        message("NamespaceStatus", "1 phase string");
        message(
                "ServiceAccount",
                "1 metadata ObjectMeta",
                "2 secrets [ObjectReference]",
                "3 imagePullSecrets [LocalObjectReference]",
                "4 automountServiceAccountToken bool?");
        message(
                "DeleteOptions",
                "1 gracePeriodSeconds int?",
                "2 preconditions Preconditions",
                "3 orphanDependents bool?",
                "4 propagationPolicy string?",
                "5 dryRun [string]");
        message("Preconditions", "1 uid string?", "2 resourceVersion string?");

        message("PodDisruptionBudget", "1 metadata ObjectMeta", "2 spec PodDisruptionBudgetSpec");
        message(
                "PodDisruptionBudgetSpec",
                "1 minAvailable amount",
                "2 selector LabelSelector",
                "3 maxUnavailable amount",
                "4 unhealthyPodEvictionPolicy string?");
        message("IntOrString", "1 type int", "2 intVal int", "3 strVal string");
        message("Eviction", "1 metadata ObjectMeta", "2 deleteOptions DeleteOptions");

        message("TokenRequest", "1 metadata ObjectMeta", "2 spec TokenRequestSpec");
        message(
                "TokenRequestSpec",
                "1 audiences [string]",
                "3 boundObjectRef BoundObjectReference",
                "4 expirationSeconds int?");
        message("BoundObjectReference", "1 kind string", "2 apiVersion string", "3 name string", "4 uid string");
        message("TokenReview", "1 metadata ObjectMeta", "2 spec TokenReviewSpec");
        message("TokenReviewSpec", "1 token string", "2 audiences [string]");
        message("SelfSubjectReview", "1 metadata ObjectMeta");

        message("SelfSubjectAccessReview", "1 metadata ObjectMeta", "2 spec SelfSubjectAccessReviewSpec");
        message(
                "SelfSubjectAccessReviewSpec",
                "1 resourceAttributes ResourceAttributes",
                "2 nonResourceAttributes NonResourceAttributes");
        message("SubjectAccessReview", "1 metadata ObjectMeta", "2 spec SubjectAccessReviewSpec");
        message(
                "SubjectAccessReviewSpec",
                "1 resourceAttributes ResourceAttributes",
                "2 nonResourceAttributes NonResourceAttributes",
                "3 user string",
                "4 groups [string]",
                "5 extra lists",
                "6 uid string");
        message(
                "ResourceAttributes",
                "1 namespace string",
                "2 verb string",
                "3 group string",
                "4 version string",
                "5 resource string",
                "6 subresource string",
                "7 name string");
        message("NonResourceAttributes", "1 path string", "2 verb string");
        message("SelfSubjectRulesReview", "1 metadata ObjectMeta", "2 spec SelfSubjectRulesReviewSpec");
        message("SelfSubjectRulesReviewSpec", "1 namespace string");

        message("Role", "1 metadata ObjectMeta", "2 rules [PolicyRule]");
        message("ClusterRole", "1 metadata ObjectMeta", "2 rules [PolicyRule]", "3 aggregationRule AggregationRule");
        message("AggregationRule", "1 clusterRoleSelectors [LabelSelector]");
        message(
                "PolicyRule",
                "1 verbs [string]",
                "2 apiGroups [string]",
                "3 resources [string]",
                "4 resourceNames [string]",
                "5 nonResourceURLs [string]");
        message("RoleBinding", "1 metadata ObjectMeta", "2 subjects [Subject]", "3 roleRef RoleRef");
        message("ClusterRoleBinding", "1 metadata ObjectMeta", "2 subjects [Subject]", "3 roleRef RoleRef");
        message("Subject", "1 kind string", "2 apiGroup string", "3 name string", "4 namespace string");
        message("RoleRef", "1 apiGroup string", "2 kind string", "3 name string");
    }

    private static final Map<String, Set<String>> KINDS = Map.of(
            "v1", Set.of("Secret", "ConfigMap", "Namespace", "ServiceAccount"),
            "authentication.k8s.io/v1", Set.of("TokenRequest", "TokenReview", "SelfSubjectReview"),
            "authorization.k8s.io/v1",
                    Set.of("SelfSubjectAccessReview", "SubjectAccessReview", "SelfSubjectRulesReview"),
            "policy/v1", Set.of("PodDisruptionBudget", "Eviction"),
            "rbac.authorization.k8s.io/v1", Set.of("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"));

    private Messages() {}

    /** Whether objects of a kind are understood. DeleteOptions come in the version of whatever is deleted. */
    static boolean knows(String apiVersion, String kind) {
        return kind.equals("DeleteOptions")
                || KINDS.getOrDefault(apiVersion, Set.of()).contains(kind);
    }

    /** The field of a message with a number, or null when it is to be skipped. */
    static @Nullable Field field(String message, int number) {
        return MESSAGES.getOrDefault(message, Map.of()).get(number);
    }

    /** All names of messages, and all types their fields have; for the test that the tables are closed. */
    static Map<String, Map<Integer, Field>> all() {
        return MESSAGES;
    }

    private static void message(String name, String... fields) {
        Map<Integer, Field> numbers = new TreeMap<>();
        for (String field : fields) {
            String[] parts = field.split(" ", -1);
            numbers.put(Integer.parseInt(parts[0]), new Field(parts[1], parts[2]));
        }
        MESSAGES.put(name, numbers);
    }
}
