package dev.capstan.cli.agent;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the API what its user may do, before anything is done (SelfSubjectAccessReview, which everybody may create). */
final class RightsReview {

    private final Cluster cluster;

    RightsReview(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Something one may do.
     *
     * @param group API group, empty for the core
     * @param resource plural, with a subresource behind a slash
     * @param namespace empty for what has none
     * @param name of the object; empty for any
     */
    record Right(String verb, String group, String resource, String namespace, String name) {

        private Map<String, Object> attributes() {
            Map<String, Object> attributes = new HashMap<>(Map.of("verb", verb, "group", group));
            var slash = resource.indexOf('/');
            attributes.put("resource", slash < 0 ? resource : resource.substring(0, slash));
            if (slash >= 0) {
                attributes.put("subresource", resource.substring(slash + 1));
            }
            if (!namespace.isEmpty()) {
                attributes.put("namespace", namespace);
            }
            if (!name.isEmpty() && !(verb.equals("create") && slash < 0)) {
                attributes.put("name", name);
            }
            return attributes;
        }

        @Override
        public String toString() {
            return verb + " " + resource + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : " " + name)
                    + (namespace.isEmpty() ? "" : " in " + namespace);
        }
    }

    /** Those of these rights that the user has not, in words. */
    List<String> denied(List<Right> rights) {
        return rights.stream()
                .filter(right -> !isAllowed(right))
                .map(Right::toString)
                .toList();
    }

    private boolean isAllowed(Right right) {
        return cluster.post(
                        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                        Map.of(
                                "apiVersion", "authorization.k8s.io/v1",
                                "kind", "SelfSubjectAccessReview",
                                "spec", Map.of("resourceAttributes", right.attributes())))
                .at("/status/allowed")
                .asBoolean(false);
    }
}
