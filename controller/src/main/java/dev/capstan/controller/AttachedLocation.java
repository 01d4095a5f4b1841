package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import java.util.Map;

/**
 * A location of kind {@code kubernetes}: one cluster that is there, and stays its owner's.
 *
 * @param name the location's
 * @param version another one whenever anything of it changed
 * @param uid UID of the cluster's namespace {@code kube-system}: which cluster it is, whatever answers at its address
 * @param endpoint how it is reached
 * @param poolLabel key of the label that says of which pool a node is
 */
public record AttachedLocation(String name, String version, String uid, ClusterEndpoint endpoint, String poolLabel) {

    /** The labels that every node of a pool has. */
    Map<String, String> selector(String pool) {
        return Map.of(poolLabel, pool);
    }
}
