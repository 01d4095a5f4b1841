package dev.capstan.resourceprovider.location;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The clusters that are attached, kept by whoever assembles the control plane. Safe for use by several threads; whoever
 * calls has checked that the caller may.
 */
public interface Locations {

    /** A control plane to which no cluster can be attached. */
    Locations NONE = new Locations() {
        @Override
        public List<Attached> all() {
            return List.of();
        }

        @Override
        public Seen attach(String name, Given given) throws Refused {
            throw new Refused(List.of("this control plane attaches no clusters"));
        }

        @Override
        public boolean remove(String name) {
            return false;
        }
    };

    /**
     * An attached cluster.
     *
     * @param name the location's
     * @param server URL of its API
     * @param uid UID of its namespace {@code kube-system}
     * @param kubernetes its Kubernetes version when it was attached
     * @param poolLabel key of the label that says of which pool a node is
     * @param attached when its present credential was given, RFC 3339
     */
    record Attached(String name, String server, String uid, String kubernetes, String poolLabel, String attached) {}

    /**
     * What is asked for.
     *
     * @param server URL of its API
     * @param certificateAuthority PEM; nothing else is trusted there
     * @param token bearer token; null where a certificate is given
     * @param certificate client certificate, PEM; null where a token is given
     * @param key its key, PEM; null where a token is given
     * @param poolLabel key of a label
     */
    record Given(
            String server,
            String certificateAuthority,
            @Nullable String token,
            @Nullable String certificate,
            @Nullable String key,
            String poolLabel) {

        /** Says nothing of the credential. */
        @Override
        public String toString() {
            return "Given[" + server + "]";
        }
    }

    /**
     * What was seen of the cluster when it was attached.
     *
     * @param nodes how many nodes it has
     * @param pools nodes of each pool, by the label's values
     * @param withoutTrust nodes that have no NodeTrust
     */
    record Seen(Attached location, int nodes, Map<String, Integer> pools, int withoutTrust) {}

    /** A cluster is not attached; everything that stands in the way, each in words. */
    final class Refused extends Exception {

        private static final long serialVersionUID = 1;

        private final transient List<String> problems;

        public Refused(List<String> problems) {
            super(String.join("; ", problems), null, false, false);
            this.problems = List.copyOf(problems);
        }

        public List<String> problems() {
            return problems;
        }
    }

    /** All of them, by name. */
    List<Attached> all();

    /** The one of that name. */
    default Optional<Attached> find(String name) {
        return all().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /**
     * Attaches a cluster, or gives an attached one another address or credential.
     *
     * @throws Refused with everything that stands in the way; nothing was changed
     */
    Seen attach(String name, Given given) throws Refused;

    /** Forgets a location and its credential; says whether there was one. Nothing is done in the cluster. */
    boolean remove(String name);
}
