package dev.capstan.proof;

import java.util.Locale;

/** What a proof asks: a TLS server, or a registry through the container runtime. */
public sealed interface Endpoint permits TlsEndpoint, ImageEndpoint {

    /** As it was written, white space around it aside. */
    String text();

    /**
     * Reads an endpoint: {@code registry.corp:443}, {@code https://host/path}, or an image reference with its registry
     * such as {@code docker.io/library/busybox:1} or {@code registry.corp/app@sha256:…}.
     *
     * @throws IllegalArgumentException in words, if it is none of these
     */
    static Endpoint parse(String text) {
        String endpoint = text.strip();
        if (endpoint.isEmpty()) {
            throw new IllegalArgumentException("an endpoint is empty");
        }
        if (endpoint.length() > 1000) {
            throw new IllegalArgumentException("an endpoint has more than 1000 characters");
        }
        if (endpoint.toLowerCase(Locale.ROOT).startsWith("https://")) {
            return TlsEndpoint.ofUrl(endpoint);
        }
        if (endpoint.contains("://")) {
            throw new IllegalArgumentException(
                    "'" + endpoint + "' is not an https URL; nothing else proves trust in a CA");
        }
        return endpoint.contains("/") ? ImageEndpoint.of(endpoint) : TlsEndpoint.ofAddress(endpoint);
    }
}
