package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import java.io.IOException;

/**
 * Where the APIs of managed clusters come from; given by whoever starts the controller. Both methods may be called again
 * after a crash and end in the same state. Implementations are safe for use by several threads.
 */
public interface ClusterAccess {

    /**
     * Makes the cluster's own API if there is none and says how to reach it. Its namespaces {@code default} and
     * {@code kube-system} are there when this returns.
     *
     * @param cluster object name of the ManagedCluster
     * @throws IOException if it cannot be made or served; the message says why and what to do
     */
    ClusterEndpoint ensure(String cluster) throws IOException;

    /**
     * Deletes the cluster's API with everything in it; one that is not there is no error.
     *
     * @param cluster object name of the ManagedCluster
     * @throws IOException if something of it is left; the message says what
     */
    void delete(String cluster) throws IOException;
}
