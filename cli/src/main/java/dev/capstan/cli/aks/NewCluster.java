package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;

/** The body with which az 2.74 creates a cluster; what is an empty text the service chooses. */
final class NewCluster {

    private NewCluster() {}

    static ObjectNode body(String subscription, ClusterOption cluster, String location, ObjectNode pool) {
        var body = Json.object().put("location", location);
        body.putObject("identity").put("type", "SystemAssigned");
        var properties = body.putObject("properties");
        properties.put("kubernetesVersion", "").put("dnsPrefix", dnsPrefix(subscription, cluster));
        properties.putArray("agentPoolProfiles").add(pool);
        properties.putObject("addonProfiles");
        properties.put("enableRBAC", true);
        properties
                .putObject("networkProfile")
                .put("podCidr", "10.244.0.0/16")
                .put("serviceCidr", "10.0.0.0/16")
                .put("dnsServiceIP", "10.0.0.10")
                .put("outboundType", "loadBalancer")
                .put("loadBalancerSku", "standard");
        properties.put("disableLocalAccounts", false);
        properties.putObject("storageProfile");
        properties.putObject("bootstrapProfile").put("artifactSource", "Direct");
        return body;
    }

    /** A pool as az sends it, inside a cluster or alone. */
    static ObjectNode pool(int count, String mode, String vmSize, String osType) {
        var pool = Json.object()
                .put("count", count)
                .put("vmSize", vmSize)
                .put("osType", osType)
                .put("enableAutoScaling", false)
                .put("type", "VirtualMachineScaleSets")
                .put("mode", mode)
                .put("orchestratorVersion", "");
        pool.putObject("upgradeSettings");
        pool.put("enableNodePublicIP", false)
                .put("scaleSetPriority", "Regular")
                .put("scaleSetEvictionPolicy", "Delete")
                .put("spotMaxPrice", -1.0);
        pool.putArray("nodeTaints");
        return pool.put("enableEncryptionAtHost", false)
                .put("enableUltraSSD", false)
                .put("enableFIPS", false);
    }

    /** az: {@code _get_default_dns_prefix}: parts of name, group and subscription, a letter first. */
    private static String dnsPrefix(String subscription, ClusterOption cluster) {
        var name = first(cluster.name().replaceAll("[^A-Za-z0-9-]", ""), 10);
        if (name.isEmpty() || !Character.isLetter(name.charAt(0))) {
            name = first("a" + name, 10);
        }
        var group = first(cluster.group().replaceAll("[^A-Za-z0-9-]", ""), 16);
        return name + "-" + group + "-" + first(subscription, 6);
    }

    private static String first(String text, int length) {
        return text.substring(0, Math.min(length, text.length()));
    }
}
