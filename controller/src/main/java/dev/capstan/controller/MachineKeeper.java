package dev.capstan.controller;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.machines.MachineSpec;
import dev.capstan.resources.AgentPool;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one machine of a pool to where it shall be: there, running, with its node trust and a good credential; or gone,
 * with everything that bears its name. Called only for machines that their pool has recorded, by one thread for each.
 */
final class MachineKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(MachineKeeper.class);

    private final Machines machines;
    private final AgentIdentities identities;
    private final InstantSource clock;
    private final Duration leaseDuration;

    /** When this controller last gave a machine a credential; empty at its start, so that each machine gets a fresh one. */
    private final Map<String, Instant> credentialGiven = new ConcurrentHashMap<>();

    MachineKeeper(Machines machines, AgentIdentities identities, InstantSource clock, ControllerConfig.Timing timing) {
        this.machines = machines;
        this.identities = identities;
        this.clock = clock;
        this.leaseDuration = timing.lease();
    }

    /**
     * Makes the machine run as a node of the pool, born with the set of its record.
     *
     * @throws MachineException if its provider cannot
     * @throws ReconcileException if its name is taken, or its set is not there
     */
    void ensure(ManagedApi api, MachineProvider provider, AgentPool.Spec pool, AgentPool.MachineRecord record)
            throws MachineException, ReconcileException {
        String name = record.name();
        Machine machine = machines.machine(provider.location(), name);
        if (machine != null && !machine.cluster().equals(pool.cluster())) {
            throw new ReconcileException(
                    "MachineNameTaken",
                    "machine " + name + " at " + provider.location() + " belongs to cluster " + machine.cluster()
                            + "; give the pool another name");
        }
        boolean needsCredential = needsCredential(name, api.contact(name));
        if (needsCredential || !api.hasLease(name)) {
            identities.ensure(api.client(), name);
        }
        NodeTrusts.ensureOfMachine(api, name, pool, record.certificateSet());
        if (machine == null || machine.state() != Machine.State.RUNNING) {
            LOG.info("machine {} of {} is made or booted", name, pool.cluster());
            MachineSpec spec = new MachineSpec(
                    name,
                    pool.cluster(),
                    pool.name(),
                    api.endpoint().url(),
                    api.endpoint().certificateAuthority(),
                    api.sets().pem(record.certificateSet()));
            provider.ensure(spec, () -> issue(api, name));
            credentialGiven.put(name, clock.instant());
        } else if (needsCredential) {
            provider.deliverCredential(name, issue(api, name));
            credentialGiven.put(name, clock.instant());
        }
    }

    /**
     * Deletes the machine and everything of it, with the pods that were left on it. The NodeTrust goes last but for the Node: as long as it is there, what is
     * left is found.
     *
     * @param api the API of its cluster, or null where that is gone
     */
    void remove(@Nullable ManagedApi api, MachineProvider provider, String name) throws MachineException {
        LOG.info("machine {} is deleted", name);
        provider.delete(name);
        credentialGiven.remove(name);
        if (api != null) {
            identities.remove(api.client(), name);
            api.client().nodes().withName(name).delete();
            Pods.removeLeftOver(api.client(), name);
            NodeTrusts.remove(api.client(), name);
        }
    }

    /** When to look again for agents that stay silent. */
    Duration lookAgain() {
        return leaseDuration;
    }

    /** Whether this controller has yet to give it one, or did so long enough ago and the agent is not heard of. */
    private boolean needsCredential(String name, AgentContact contact) {
        Instant given = credentialGiven.get(name);
        return given == null
                || (!(contact instanceof AgentContact.Alive) && !clock.instant().isBefore(given.plus(leaseDuration)));
    }

    private Credential issue(ManagedApi api, String node) throws MachineException {
        try {
            return new Credential(identities.token(api.client(), node));
        } catch (KubernetesClientException e) {
            throw new MachineException(
                    "no token for the agent of " + node + ": " + e.getMessage() + "; it is asked for again", e);
        }
    }
}
