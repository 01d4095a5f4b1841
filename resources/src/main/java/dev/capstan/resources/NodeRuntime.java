package dev.capstan.resources;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The container runtime of the node.
 *
 * @param name the runtime's name, such as {@code containerd}
 * @param version its version; absent where it does not say
 * @param pid its process, as the node numbers it
 * @param startedAt when the process started, RFC 3339
 * @param startedSinceBoot when it started, milliseconds after the node booted: unlike startedAt the same whatever the clock is set to; absent where an agent of before did not say
 * @param stale what has left the node's set and the process may still trust
 * @param notYetKnown what is in the node's set and the process may not know yet
 * @param restarts how often this node's agent has restarted the runtime
 * @param lastRestart when it last did, RFC 3339
 * @param otherDaemons other programs on the node that pull images and may still trust what has left
 */
public record NodeRuntime(
        String name,
        @Nullable String version,
        long pid,
        @Nullable String startedAt,
        @Nullable Long startedSinceBoot,
        List<NamedCertificate> stale,
        List<NamedCertificate> notYetKnown,
        int restarts,
        @Nullable String lastRestart,
        List<OtherDaemon> otherDaemons) {

    @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
    public NodeRuntime {
        stale = stale == null ? List.of() : List.copyOf(stale);
        notYetKnown = notYetKnown == null ? List.of() : List.copyOf(notYetKnown);
        otherDaemons = otherDaemons == null ? List.of() : List.copyOf(otherDaemons);
    }

    /** A runtime of which it is not known when it started after the boot. */
    public NodeRuntime(
            String name,
            @Nullable String version,
            long pid,
            @Nullable String startedAt,
            List<NamedCertificate> stale,
            List<NamedCertificate> notYetKnown,
            int restarts,
            @Nullable String lastRestart,
            List<OtherDaemon> otherDaemons) {
        this(name, version, pid, startedAt, null, stale, notYetKnown, restarts, lastRestart, otherDaemons);
    }

    /**
     * Tells this process from every other of its node, also from one of an earlier boot; null where that is not known.
     */
    public @Nullable String process() {
        return startedSinceBoot == null ? startedAt : pid + "@" + startedSinceBoot;
    }

    /**
     * A certificate by name.
     *
     * @param subject RFC 2253 name; absent where only the identity is known any more
     * @param sha256 its identity
     */
    public record NamedCertificate(@Nullable String subject, String sha256) {}

    /**
     * Another program that pulls images on the node and reads the trust store once.
     *
     * @param name the program's name
     * @param pid its process, as the node numbers it
     * @param words what it may still trust, and what to do
     */
    public record OtherDaemon(String name, long pid, String words) {}
}
