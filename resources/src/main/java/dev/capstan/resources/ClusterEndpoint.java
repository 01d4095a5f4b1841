package dev.capstan.resources;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a Kubernetes API is reached, by whichever program asks it.
 *
 * @param url base URL, with the prefix of a virtual cluster if it has one; also what agents and users' kubeconfigs are told
 * @param certificateAuthority the CA certificate that the API's own certificate is verified with, PEM; nothing else is
 *     trusted
 * @param token the bearer token, asked for at every request, so that it may be rotated; never logged; empty where there
 *     is none
 * @param certificate what is shown in place of a token; null where nothing is
 */
public record ClusterEndpoint(
        String url,
        String certificateAuthority,
        Supplier<String> token,
        @Nullable ClientCertificate certificate) {

    /** An API that takes tokens. */
    public ClusterEndpoint(String url, String certificateAuthority, Supplier<String> token) {
        this(url, certificateAuthority, token, null);
    }

    /** An API with a token that stays the same. */
    public static ClusterEndpoint of(String url, String certificateAuthority, String token) {
        return new ClusterEndpoint(url, certificateAuthority, () -> token);
    }

    /** Says nothing of the token. */
    @Override
    public String toString() {
        return "ClusterEndpoint[" + url + "]";
    }
}
