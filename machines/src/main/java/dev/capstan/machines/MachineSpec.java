package dev.capstan.machines;

/**
 * What a machine is made from.
 *
 * @param name name of the machine, its host name and its node's name; a DNS label
 * @param cluster object name of its ManagedCluster
 * @param pool name of its pool
 * @param server URL of its cluster's API
 * @param certificateAuthority the CA certificate of that API, PEM; the only one its agent trusts
 * @param certificates the list's certificates as PEM, in the store before the runtime starts; may be empty
 */
public record MachineSpec(
        String name, String cluster, String pool, String server, String certificateAuthority, String certificates) {}
