package dev.capstan.resourceprovider.store;

import java.util.function.Supplier;

/**
 * How a Kubernetes API is reached.
 *
 * @param url base URL, with the prefix of a virtual cluster if it has one; also what users' kubeconfigs say
 * @param certificateAuthority the CA certificate that the API's own certificate is verified with, PEM
 * @param token the bearer token, asked for at every request; never logged
 */
public record Endpoint(String url, String certificateAuthority, Supplier<String> token) {

    /** Says nothing of the token. */
    @Override
    public String toString() {
        return "Endpoint[" + url + "]";
    }
}
