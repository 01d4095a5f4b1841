package dev.capstan.resources;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ManagedCluster}: the ARM resource of that name, as a Kubernetes object of the management cluster. One write of
 * this object commits everything that an ARM request asks for; all else is derived from it.
 */
public final class ManagedCluster {

    public static final String KIND = "ManagedCluster";
    public static final String PLURAL = "managedclusters";

    private ManagedCluster() {}

    /**
     * What the ARM resource says.
     *
     * @param id ARM id as first written
     * @param resourceGroup ARM resource group, as written
     * @param name ARM name, as written
     * @param location where its machines are; {@code local} is this machine
     * @param agentPoolProfiles the pools, inline
     * @param securityProfile the list
     * @param operation the operation that the last write began
     * @param arm ARM properties that Capstan has no use for, kept as they came
     * @param powerState {@code Stopped} where none of its pools shall have machines; absent where it runs
     */
    public record Spec(
            String id,
            String resourceGroup,
            String name,
            String location,
            List<AgentPoolProfile> agentPoolProfiles,
            @Nullable SecurityProfile securityProfile,
            @Nullable Operation operation,
            @Nullable Map<String, Object> arm,
            @Nullable String powerState) {

        /** A cluster that runs. */
        public Spec(
                String id,
                String resourceGroup,
                String name,
                String location,
                List<AgentPoolProfile> agentPoolProfiles,
                @Nullable SecurityProfile securityProfile,
                @Nullable Operation operation,
                @Nullable Map<String, Object> arm) {
            this(id, resourceGroup, name, location, agentPoolProfiles, securityProfile, operation, arm, null);
        }

        /** Whether none of its pools shall have machines. */
        public boolean isStopped() {
            return STOPPED.equals(powerState);
        }

        /** The same with another operation. */
        public Spec with(@Nullable Operation next) {
            return with(agentPoolProfiles, next);
        }

        /** The same with other pools and another operation. */
        public Spec with(List<AgentPoolProfile> pools, @Nullable Operation next) {
            return new Spec(id, resourceGroup, name, location, pools, securityProfile, next, arm, powerState);
        }

        /** The same, stopped or running, with another operation. */
        public Spec powered(boolean stopped, Operation next) {
            return new Spec(
                    id,
                    resourceGroup,
                    name,
                    location,
                    agentPoolProfiles,
                    securityProfile,
                    next,
                    arm,
                    stopped ? STOPPED : null);
        }
    }

    /** Power state of what shall have no machines. */
    public static final String STOPPED = "Stopped";

    /**
     * One pool, inline.
     *
     * @param name the pool's name
     * @param count how many nodes
     * @param enableCustomCATrust whether its nodes follow the Secret
     * @param upgradeSettings how far a model update may go at once
     * @param arm ARM properties that Capstan has no use for, kept as they came
     * @param powerState {@code Stopped} where it shall have no machines, whatever its count; absent where it runs
     * @param nodeImageUpgrade id of the operation that asked last for its machines to be made anew from the location's image; absent where none did
     */
    public record AgentPoolProfile(
            String name,
            int count,
            @Nullable Boolean enableCustomCATrust,
            @Nullable UpgradeSettings upgradeSettings,
            @Nullable Map<String, Object> arm,
            @Nullable String powerState,
            @Nullable String nodeImageUpgrade) {

        /** A pool that runs, and whose image nobody asked to be newer. */
        public AgentPoolProfile(
                String name,
                int count,
                @Nullable Boolean enableCustomCATrust,
                @Nullable UpgradeSettings upgradeSettings,
                @Nullable Map<String, Object> arm) {
            this(name, count, enableCustomCATrust, upgradeSettings, arm, null, null);
        }

        /** Whether it shall have no machines. */
        public boolean isStopped() {
            return STOPPED.equals(powerState);
        }

        /** Whether its nodes are Windows: those have no trust store that Capstan keeps. */
        public boolean isWindows() {
            return arm != null && "Windows".equals(arm.get("osType"));
        }

        /** The same, to be made anew from the location's image as that operation asks. */
        public AgentPoolProfile upgradedBy(String operation) {
            return new AgentPoolProfile(name, count, enableCustomCATrust, upgradeSettings, arm, powerState, operation);
        }
    }

    /**
     * The list's place in the ARM resource.
     *
     * @param customCATrustCertificates the list: up to 10 entries, base64 of PEM
     */
    public record SecurityProfile(@Nullable List<String> customCATrustCertificates) {}

    /**
     * The operation that an ARM write began. Another one begins only after it ended.
     *
     * @param id UUID
     * @param kind {@code Create}, {@code Update}, {@code Delete}, {@code CreateAgentPool}, {@code UpdateAgentPool}, {@code DeleteAgentPool}, {@code Stop}, {@code Start}, {@code UpgradeNodeImage}
     * @param started RFC 3339
     * @param agentPool name of the pool it is about; absent where it is about the cluster
     * @param abort that it shall end where it stands
     * @param removal what was known to break by the CAs that it takes away; absent where nothing was
     */
    public record Operation(
            String id,
            String kind,
            String started,
            @Nullable String agentPool,
            @Nullable Abort abort,
            @Nullable Removal removal) {

        /** An operation that breaks nothing, as far as is known. */
        public Operation(String id, String kind, String started, @Nullable String agentPool, @Nullable Abort abort) {
            this(id, kind, started, agentPool, abort, null);
        }
    }

    /**
     * What was known to break when CAs were taken away.
     *
     * @param endpoints endpoints whose chain ended in such a CA when it was last proven
     * @param overriddenBy who asked for it although the removal guard stood against it; absent where none did
     */
    public record Removal(
            List<EndangeredEndpoint> endpoints, @Nullable String overriddenBy) {

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Removal {
            endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
        }
    }

    /**
     * That an operation shall end where it stands. It is an operation of its own.
     *
     * @param id UUID
     * @param requested RFC 3339
     */
    public record Abort(String id, String requested) {}

    /**
     * What there is.
     *
     * @param observedGeneration generation of the spec that this status answers
     * @param conditions {@code Ready}: every pool has its nodes, ready, of its present model; {@code Provisioned}: how the operation stands, and once it ended, how it ended
     * @param endpoint URL of the cluster's own API; absent until it is served
     * @param operations the operations that ended last, the newest first
     */
    public record Status(
            long observedGeneration,
            List<Condition> conditions,
            @Nullable String endpoint,
            List<EndedOperation> operations) {}

    /**
     * An operation that ended.
     *
     * @param id UUID
     * @param kind as in {@code spec.operation}, or {@code Abort}
     * @param started RFC 3339
     * @param ended RFC 3339
     * @param result {@code Succeeded}, {@code Failed} or {@code Canceled}
     * @param code one word for what failed; absent where nothing did
     * @param message what failed, in words; absent where nothing did
     */
    public record EndedOperation(
            String id,
            String kind,
            String started,
            String ended,
            String result,
            @Nullable String code,
            @Nullable String message) {}
}
