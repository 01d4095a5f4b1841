package dev.capstan.endtoend;

/**
 * One thing that one may do, as a cluster's authorizer sees it.
 *
 * @param verb of RBAC, {@code get} to {@code bind}
 * @param resource plural, group and subresource: {@code nodetrusts.capstan.dev/status}
 * @param namespace {@value #NONE} for what lies in none, {@value #ALL} for a request over all of them
 * @param name of the object; empty where the request names none
 */
record Right(String verb, String resource, String namespace, String name) {

    static final String NONE = "-";
    static final String ALL = "all";

    private static final String ANY = "*";

    /** Reads {@code VERB RESOURCE NAMESPACE NAME}; {@code *} as namespace or name is every one, none at all included. */
    static Right parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 4) {
            throw new IllegalArgumentException("a right has four words: " + line);
        }
        return new Right(words[0], words[1], words[2], words[3]);
    }

    /** Whether whoever has this has that. */
    boolean covers(Right asked) {
        return verb.equals(asked.verb)
                && resource.equals(asked.resource)
                && (namespace.equals(ANY) || namespace.equals(asked.namespace))
                && (name.equals(ANY) || name.equals(asked.name));
    }

    @Override
    public String toString() {
        return verb + " " + resource + " " + namespace + " " + name;
    }
}
