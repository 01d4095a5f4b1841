package dev.capstan.agent.api;

import org.jspecify.annotations.Nullable;

/**
 * One request. Every request of an agent can be sent twice without harm, so one that met a connection the server had
 * closed is simply sent again.
 *
 * @param method HTTP method
 * @param path path and query below the endpoint's prefix
 * @param contentType media type of the body; absent where there is none
 * @param body the body; empty where there is none
 */
record Request(String method, String path, @Nullable String contentType, byte[] body) {

    private static final byte[] NONE = {};

    static Request get(String path) {
        return new Request("GET", path, null, NONE);
    }

    static Request of(String method, String path, String contentType, byte[] body) {
        return new Request(method, path, contentType, body);
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
