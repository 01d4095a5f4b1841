package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;

/** What a request wants to do with a resource. */
enum Verb {
    GET("get"),
    LIST("list"),
    WATCH("watch"),
    CREATE("create"),
    UPDATE("update"),
    PATCH("patch"),
    DELETE("delete"),
    DELETE_COLLECTION("deletecollection");

    private final String text;

    Verb(String text) {
        this.text = text;
    }

    /** The verb as in roles and discovery. */
    String text() {
        return text;
    }

    boolean isOfCollection() {
        return this == LIST || this == WATCH || this == DELETE_COLLECTION;
    }

    static Verb of(Call call, Route.Resource route) {
        boolean collection = route.name().isEmpty();
        return switch (call.method()) {
            case "GET" -> call.parameters().flag("watch") ? WATCH : collection ? LIST : GET;
            case "POST" -> {
                // Only subresources are created below a name.
                if (!collection && route.subresource().isEmpty()) {
                    throw ApiFailure.methodNotAllowed();
                }
                yield CREATE;
            }
            case "PUT" -> ofObject(collection, UPDATE);
            case "PATCH" -> ofObject(collection, PATCH);
            case "DELETE" -> collection ? DELETE_COLLECTION : DELETE;
            default -> throw ApiFailure.methodNotAllowed();
        };
    }

    private static Verb ofObject(boolean collection, Verb verb) {
        if (collection) {
            throw ApiFailure.methodNotAllowed();
        }
        return verb;
    }
}
