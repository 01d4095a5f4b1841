package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the Node of a machine without a kubelet says of it: a pure function of pool and machine. */
final class NodeObjects {

    private static final String PROVIDER = "capstan://";

    private NodeObjects() {}

    /** The Node as it is first made. */
    static Map<String, Object> made(AgentPool.Spec pool, String node, Machine.Facts facts) {
        Map<String, Object> labels = new TreeMap<>();
        labels(pool, node, facts).forEach((label, value) -> {
            if (value != null) {
                labels.put(label, value);
            }
        });
        return Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Node",
                "metadata",
                Map.of("name", node, "labels", labels),
                "spec",
                Map.of("providerID", PROVIDER + pool.location() + "/" + node));
    }

    /** Whether Capstan made this Node: providerID cannot be changed once it is set. */
    static boolean isMade(Node node) {
        return node.getSpec() != null
                && node.getSpec().getProviderID() != null
                && node.getSpec().getProviderID().startsWith(PROVIDER);
    }

    /**
     * The labels of a machine's Node, as AKS sets them. They are derived: whoever changes one by hand finds it put back.
     * A null value means that the label must be absent.
     */
    static Map<String, @Nullable Object> labels(AgentPool.Spec pool, String node, Machine.Facts facts) {
        return Json.object(
                Names.SHORT_POOL_LABEL,
                pool.name(),
                Names.POOL_LABEL,
                pool.name(),
                Names.TRUST_ENABLED_LABEL,
                pool.enableCustomCATrust() ? Names.ENABLED : null,
                "kubernetes.io/hostname",
                node,
                "kubernetes.io/os",
                "linux",
                "kubernetes.io/arch",
                facts.architecture(),
                Names.MANAGED_BY_LABEL,
                Names.MANAGED_BY);
    }

    /** What a kubelet would report (Kubernetes: NodeStatus), but for the conditions. */
    static Map<String, @Nullable Object> status(String node, Machine.Facts facts) {
        List<Map<String, Object>> addresses = new ArrayList<>();
        if (!facts.address().isBlank()) {
            addresses.add(Map.of("type", "InternalIP", "address", facts.address()));
        }
        addresses.add(Map.of("type", "Hostname", "address", node));
        Map<String, Object> capacity =
                Map.of("cpu", String.valueOf(facts.cpus()), "memory", facts.memoryBytes() / 1024 + "Ki", "pods", "0");
        return Json.object(
                "addresses", addresses,
                "capacity", capacity,
                "allocatable", capacity,
                "nodeInfo",
                        Json.object(
                                "machineID",
                                "",
                                "systemUUID",
                                "",
                                "bootID",
                                facts.bootId(),
                                "kernelVersion",
                                facts.kernelVersion(),
                                "osImage",
                                facts.osImage(),
                                "containerRuntimeVersion",
                                facts.containerRuntimeVersion(),
                                "kubeletVersion",
                                "",
                                "kubeProxyVersion",
                                "",
                                "operatingSystem",
                                "linux",
                                "architecture",
                                facts.architecture()));
    }
}
