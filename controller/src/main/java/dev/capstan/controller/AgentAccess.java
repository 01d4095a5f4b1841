package dev.capstan.controller;

import io.fabric8.kubernetes.client.KubernetesClient;

/** What the agent of a node needs in its cluster before it can report. */
sealed interface AgentAccess permits AgentIdentities, AgentLeases {

    /** Makes what is missing; the Lease comes last, so where it is, all of it was made. */
    void ensure(KubernetesClient client, String node);

    /** Removes what {@link #ensure} made, the Lease first, so that what is half removed never looks whole. */
    void remove(KubernetesClient client, String node);
}
