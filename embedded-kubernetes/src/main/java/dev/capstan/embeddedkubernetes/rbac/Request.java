package dev.capstan.embeddedkubernetes.rbac;

/** What is asked for: something with a resource, or something with a path that is none. */
public sealed interface Request {

    /** The verb: {@code get}, {@code list}, {@code watch}, {@code create} ... or the lower-case HTTP method of a path. */
    String verb();

    /**
     * Access to a resource.
     *
     * @param group its API group, empty for core
     * @param resource its plural
     * @param subresource the subresource, or empty
     * @param namespace the namespace, or empty for the whole cluster
     * @param name the name of the object, or empty when the request has none
     */
    record Resource(String verb, String group, String resource, String subresource, String namespace, String name)
            implements Request {}

    /**
     * Access to a path that is no resource, such as {@code /version}.
     *
     * @param path the path below the server's root, starting with a slash
     */
    record Path(String verb, String path) implements Request {}
}
