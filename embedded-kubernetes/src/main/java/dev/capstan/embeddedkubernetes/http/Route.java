package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a path below a cluster's prefix names, by its form alone (the RequestInfo of Kubernetes). */
sealed interface Route {
    /** A path that is no resource: discovery, documents, health, or nothing at all. */
    record Path(List<String> segments, String text) implements Route {}

    /**
     * A resource.
     *
     * @param namespace empty for the cluster scope and for all namespaces
     * @param name empty for a collection
     * @param subresource empty for the object itself
     */
    record Resource(String group, String version, String plural, String namespace, String name, String subresource)
            implements Route {}

    /** Reads a percent-encoded path that begins with a slash. */
    static Route parse(String path) {
        List<String> segments = segments(path);
        if (segments.isEmpty()) {
            return new Path(segments, "/");
        }
        String group;
        int next;
        if (segments.getFirst().equals("api") && segments.size() > 2) {
            group = "";
            next = 1;
        } else if (segments.getFirst().equals("apis") && segments.size() > 3) {
            group = segments.get(1);
            next = 2;
        } else {
            return new Path(segments, "/" + String.join("/", segments));
        }
        return resource(group, segments.get(next), segments.subList(next + 1, segments.size()));
    }

    private static Resource resource(String group, String version, List<String> rest) {
        boolean namespaced = rest.getFirst().equals("namespaces")
                && rest.size() > 2
                && !(group.isEmpty()
                        && (rest.get(2).equals("status") || rest.get(2).equals("finalize")));
        String namespace = namespaced ? rest.get(1) : "";
        List<String> own = namespaced ? rest.subList(2, rest.size()) : rest;
        if (own.size() > 3) {
            throw ApiFailure.notServed();
        }
        return new Resource(
                group,
                version,
                own.getFirst(),
                namespace,
                own.size() > 1 ? own.get(1) : "",
                own.size() > 2 ? own.get(2) : "");
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                try {
                    // A plus sign in a path is itself; the decoder is one for forms.
                    segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException _) {
                    throw ApiFailure.badRequest("the path is not percent-encoded correctly");
                }
            }
        }
        return segments;
    }
}
