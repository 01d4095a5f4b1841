package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.identity.Impersonation;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request to one virtual cluster.
 *
 * @param method the HTTP method in upper case
 * @param path below the cluster's prefix, still percent-encoded, beginning with a slash
 * @param parameters of the query
 * @param authorization header, null when missing
 * @param impersonation who it asks to be judged as
 * @param accept header, empty when missing
 * @param contentType header, empty when missing
 * @param ifNoneMatch header, empty when missing
 * @param body read when needed, after the caller is known
 */
record Call(
        String method,
        String path,
        Parameters parameters,
        @Nullable String authorization,
        Impersonation impersonation,
        String accept,
        String contentType,
        String ifNoneMatch,
        Body body) {
    /** Reads the body, refusing one that is too large. */
    @FunctionalInterface
    interface Body {
        byte[] read() throws IOException;
    }
}
