package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What cannot be asked of a cluster that is there, in words: its nodes are made, sized, stopped and upgraded by whoever runs
 * it. What only describes machines, such as their size, is taken and shown as AKS would, and means nothing. A count is
 * taken where it says what is so: clients send back what they were shown.
 */
final class AttachedRules {

    private static final String CODE = "OperationNotAllowed";

    private final Management management;
    private final Clusters clusters;
    private final Locations locations;

    AttachedRules(Management management, Clusters clusters, Locations locations) {
        this.management = management;
        this.clusters = clusters;
        this.locations = locations;
    }

    /** Whether the location is a cluster that is there. */
    boolean isAttached(String location) {
        return locations.find(location).isPresent();
    }

    /** A cluster is attached once: two lists on the same nodes would be nobody's. */
    void checkFree(ManagedCluster.Spec spec, Problems problems) {
        if (isAttached(spec.location())) {
            clusters.at(spec.location())
                    .filter(other -> !other.equalsIgnoreCase(spec.id()))
                    .ifPresent(other -> problems.add(new Problem(
                            CODE,
                            "The location '" + spec.location() + "' is one cluster, and " + other
                                    + " is it already: change or delete that one.",
                            "location")));
        }
    }

    /** What pools ask for that their nodes' owner alone could do. */
    void check(@Nullable List<AgentPoolProfile> present, ManagedCluster.Spec wanted, Problems problems) {
        if (!isAttached(wanted.location())) {
            return;
        }
        for (AgentPoolProfile pool : wanted.agentPoolProfiles()) {
            AgentPoolProfile before = present == null
                    ? null
                    : ClusterSpecs.find(present, pool.name()).orElse(null);
            if (before != null && pool.count() != before.count() && pool.count() != found(wanted, pool)) {
                problems.add(new Problem(
                        CODE,
                        "Agent pool '" + pool.name() + "' has " + found(wanted, pool)
                                + " nodes, which are the cluster's own;"
                                + " the count " + pool.count() + " cannot be asked for at the location '"
                                + wanted.location() + "': add or remove nodes there.",
                        "agentPoolProfile.count"));
            }
            if (pool.isStopped()) {
                problems.add(new Problem(CODE, words(wanted.location(), "stopped"), "agentPoolProfile.powerState"));
            }
            if (Objects.equals(pool.enableCustomCATrust(), true)) {
                problems.add(new Problem(
                        CODE,
                        "Which nodes follow the Secret is said by their own label at the location '" + wanted.location()
                                + "': kubectl label nodes -l "
                                + locations
                                        .find(wanted.location())
                                        .map(Locations.Attached::poolLabel)
                                        .orElse("…")
                                + "=" + pool.name() + " " + Names.TRUST_ENABLED_LABEL + "=" + Names.ENABLED,
                        "agentPoolProfile.enableCustomCATrust"));
            }
        }
    }

    /**
     * Nothing is done to an attached cluster that its owner alone can do.
     *
     * @param done what it cannot be, such as {@code stopped}
     * @throws ArmFailure 400 if it is one
     */
    void refuse(ManagedCluster.Spec spec, String done) {
        if (isAttached(spec.location())) {
            throw ArmFailure.badRequest(CODE, words(spec.location(), done));
        }
    }

    private static String words(String location, String done) {
        return "The location '" + location + "' is a cluster that is there: its nodes cannot be " + done
                + " from here. Do that where they were made.";
    }

    private int found(ManagedCluster.Spec cluster, AgentPoolProfile pool) {
        return management
                .find(Kind.POOL, ObjectNames.ofArmId(ObjectNames.poolArmId(cluster.id(), pool.name())))
                .map(AttachedRules::nodes)
                .orElse(pool.count());
    }

    /** How many nodes a pool has: those it shall have, or, where they are not made here, those that were found. */
    static int nodes(Stored<AgentPool.Spec, AgentPool.Status> pool) {
        return pool.spec().nodeSelector() == null || pool.status() == null
                ? pool.spec().count()
                : pool.status().machines().size();
    }
}
