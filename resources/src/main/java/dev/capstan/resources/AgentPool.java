package dev.capstan.resources;

import java.util.List;

/**
 * {@code AgentPool}: the nodes of one pool. With an owner it is derived from its ManagedCluster; one without is the
 * user's.
 */
public final class AgentPool {

    public static final String KIND = "AgentPool";
    public static final String PLURAL = "agentpools";

    /** Phase of a machine that is recorded, and perhaps half there. */
    public static final String MAKING = "Making";

    /** Phase of a machine that was made. */
    public static final String RUNNING = "Running";

    /** Phase of a machine that shall go, and is perhaps half gone. */
    public static final String DELETING = "Deleting";

    private AgentPool() {}

    /**
     * How many nodes of which kind.
     *
     * @param cluster object name of its ManagedCluster
     * @param name the pool's name
     * @param location where its machines are
     * @param count how many nodes
     * @param enableCustomCATrust whether its nodes follow the Secret
     */
    public record Spec(String cluster, String name, String location, int count, boolean enableCustomCATrust) {}

    /**
     * What there is.
     *
     * @param observedGeneration generation of the spec that this status answers
     * @param machines every machine the pool has or is about to have; written before a machine is made
     * @param conditions {@code Ready}: every machine is there and its node is ready
     */
    public record Status(long observedGeneration, List<MachineRecord> machines, List<Condition> conditions) {}

    /**
     * One machine of the pool.
     *
     * @param name name of the machine and of its node
     * @param phase {@code Making}, {@code Running}, {@code Deleting}
     */
    public record MachineRecord(String name, String phase) {}
}
