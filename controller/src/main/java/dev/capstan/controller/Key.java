package dev.capstan.controller;

/** What there is to look at. */
sealed interface Key {

    /** The management cluster's own definitions, and the watches on it. */
    record Start() implements Key {}

    /** A managed cluster and what belongs to all of it. */
    record Cluster(String name) implements Key {}

    /** An agent pool and its machines. */
    record Pool(String name) implements Key {}

    /** A machine of an agent pool, and what its record asks for. */
    record MachineOf(String pool, String machine) implements Key {}

    /** A resource group. */
    record Group(String name) implements Key {}

    /** A node of a managed cluster, its node trust and its conditions. */
    record NodeOf(String cluster, String node) implements Key {}

    /** A Secret of the user's Secret's name, in any namespace of a managed cluster. */
    record SecretOf(String cluster, String namespace) implements Key {}

    /** The nodes of a managed cluster that wait for the Secret's fingerprint. */
    record Guard(String cluster) implements Key {}

    /** The nodes of a managed cluster whose runtimes have to be restarted. */
    record Restarts(String cluster) implements Key {}

    /** What many nodes of a managed cluster said at once, to be told together. */
    record Bursts(String cluster) implements Key {}

    /** What nobody needs any more in a managed cluster: certificate sets, Events. */
    record Garbage(String cluster) implements Key {}

    /** The machines of a location, as its provider sees them. */
    record Location(String name) implements Key {}
}
