package dev.capstan.cli.arm;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Paths of ARM resources, and the api-version that each is asked in.
 *
 * <p>Clusters and pools are asked in {@code 2025-08-02-preview}: the last version that carries both the list
 * ({@code customCATrustCertificates}) and the switch of a pool ({@code enableCustomCATrust}). Asked in an older or newer
 * one, a pool would come back without its switch.
 */
public final class ArmPath {

    public static final String CONTAINER_SERVICE = "2025-08-02-preview";

    /**
     * Machines, versions and upgrades: az's own api-version for them. They are only read, and what az prints of them is what
     * this version has.
     */
    public static final String READ_ONLY = "2025-03-01";

    public static final String RESOURCES = "2024-11-01";
    public static final String FEATURES = "2021-07-01";
    public static final String SUBSCRIPTIONS = "2022-12-01";

    private ArmPath() {}

    public static String groups(String subscription) {
        return "/subscriptions/" + subscription + "/resourcegroups" + version(RESOURCES);
    }

    public static String group(String subscription, String group) {
        return "/subscriptions/" + subscription + "/resourcegroups/" + segment(group) + version(RESOURCES);
    }

    /** All clusters of a subscription. */
    public static String clusters(String subscription) {
        return "/subscriptions/" + subscription + "/providers/Microsoft.ContainerService/managedClusters"
                + version(CONTAINER_SERVICE);
    }

    /** All clusters of a group. */
    public static String clusters(String subscription, String group) {
        return clustersOf(subscription, group) + version(CONTAINER_SERVICE);
    }

    /**
     * A cluster, or what is under it.
     *
     * @param rest empty, or a path that begins with a slash
     */
    public static String cluster(String subscription, String group, String cluster, String rest) {
        return clustersOf(subscription, group) + "/" + segment(cluster) + rest + version(CONTAINER_SERVICE);
    }

    public static String pools(String subscription, String group, String cluster) {
        return cluster(subscription, group, cluster, "/agentPools");
    }

    /** A pool, or what is under it. */
    public static String pool(String subscription, String group, String cluster, String pool, String rest) {
        return cluster(subscription, group, cluster, "/agentPools/" + segment(pool) + rest);
    }

    /** The machines of a pool. */
    public static String machines(String subscription, String group, String cluster, String pool) {
        return machinesOf(subscription, group, cluster, pool) + version(READ_ONLY);
    }

    /** A machine of a pool. */
    public static String machine(String subscription, String group, String cluster, String pool, String machine) {
        return machinesOf(subscription, group, cluster, pool) + "/" + segment(machine) + version(READ_ONLY);
    }

    /** The versions of Kubernetes of a location. */
    public static String kubernetesVersions(String subscription, String location) {
        return "/subscriptions/" + subscription + "/providers/Microsoft.ContainerService/locations/" + segment(location)
                + "/kubernetesVersions" + version(READ_ONLY);
    }

    /** A feature of a namespace, or an action on it. */
    public static String feature(String subscription, String namespace, String feature, String rest) {
        return "/subscriptions/" + subscription + "/providers/Microsoft.Features/providers/" + segment(namespace)
                + "/features/" + segment(feature) + rest + version(FEATURES);
    }

    /** The features of a namespace; of every one if it is empty. */
    public static String features(String subscription, String namespace) {
        return "/subscriptions/" + subscription + "/providers/Microsoft.Features"
                + (namespace.isEmpty() ? "" : "/providers/" + segment(namespace)) + "/features" + version(FEATURES);
    }

    /** A resource provider, or an action on it. */
    public static String provider(String subscription, String namespace, String rest) {
        return "/subscriptions/" + subscription + "/providers/" + segment(namespace) + rest + version(RESOURCES);
    }

    public static String providers(String subscription) {
        return "/subscriptions/" + subscription + "/providers" + version(RESOURCES);
    }

    public static String subscriptions() {
        return "/subscriptions" + version(SUBSCRIPTIONS);
    }

    private static String machinesOf(String subscription, String group, String cluster, String pool) {
        return clustersOf(subscription, group) + "/" + segment(cluster) + "/agentPools/" + segment(pool) + "/machines";
    }

    private static String clustersOf(String subscription, String group) {
        return "/subscriptions/" + subscription + "/resourceGroups/" + segment(group)
                + "/providers/Microsoft.ContainerService/managedClusters";
    }

    private static String version(String version) {
        return "?api-version=" + version;
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
