package dev.capstan.endtoend;

import java.util.List;

/**
 * A resource or subresource of an API, and the requests that reach it.
 *
 * @param group its API group; empty for the core
 * @param path where its version is served: {@code /api/v1}
 * @param name plural, with a subresource behind a slash
 * @param namespaced whether its objects lie in namespaces
 */
record ServedResource(String group, String path, String name, boolean namespaced) {

    /** A request as the server gets it. */
    record Request(String method, String path) {}

    String plural() {
        return name.contains("/") ? name.substring(0, name.indexOf('/')) : name;
    }

    /** Empty where there is none. */
    String subresource() {
        return name.contains("/") ? name.substring(name.indexOf('/') + 1) : "";
    }

    /** As {@link Right} names it. */
    String qualified() {
        return plural() + (group.isEmpty() ? "" : "." + group) + (subresource().isEmpty() ? "" : "/" + subresource());
    }

    /** What a request of this resource can be about. */
    List<String> namespaces(List<String> some) {
        return namespaced ? some : List.of(Right.NONE);
    }

    /** The requests that need this right, none where no request can be made of it. */
    List<Request> requests(Right right) {
        boolean sub = !subresource().isEmpty();
        String collection = path
                + (namespaced && !right.namespace().equals(Right.ALL) ? "/namespaces/" + right.namespace() : "")
                + "/" + plural();
        String object = collection + "/" + right.name() + (sub ? "/" + subresource() : "");
        boolean named = !right.name().isEmpty() && !right.namespace().equals(Right.ALL);
        String one = !right.name().isEmpty() ? "?fieldSelector=metadata.name%3D" + right.name() : "?";
        return switch (right.verb()) {
            case "get" -> named ? List.of(new Request("GET", object)) : List.of();
            case "update" -> named ? List.of(new Request("PUT", object)) : List.of();
            case "patch" -> named ? List.of(new Request("PATCH", object)) : List.of();
            case "delete" -> named ? List.of(new Request("DELETE", object)) : List.of();
            case "list" -> sub ? List.of() : List.of(new Request("GET", collection + one));
            case "watch" ->
                sub ? List.of() : List.of(new Request("GET", collection + one + "&watch=true&timeoutSeconds=1"));
            case "deletecollection" -> sub || named ? List.of() : List.of(new Request("DELETE", collection));
            case "create" -> {
                if (sub) {
                    yield named ? List.of(new Request("POST", object)) : List.of();
                }
                yield named || right.namespace().equals(Right.ALL)
                        ? List.of()
                        : List.of(new Request("POST", collection));
            }
            // Of impersonation, escalation and binding there is no request of one resource alone.
            default -> List.of();
        };
    }
}
