package dev.capstan.controller;

import java.util.function.Supplier;

/**
 * How the controller reaches one Kubernetes API.
 *
 * @param url base URL, with the prefix of a virtual cluster if it has one; also the one that agents are told
 * @param certificateAuthority the CA certificate that the API's own certificate is verified with, PEM; nothing else is
 *     trusted
 * @param token the bearer token, asked for at every request, so that it may be rotated; never logged
 */
public record ClusterEndpoint(String url, String certificateAuthority, Supplier<String> token) {

    /** An endpoint with a token that stays the same. */
    public static ClusterEndpoint of(String url, String certificateAuthority, String token) {
        return new ClusterEndpoint(url, certificateAuthority, () -> token);
    }

    /** Says nothing of the token. */
    @Override
    public String toString() {
        return "ClusterEndpoint[" + url + "]";
    }
}
