package dev.capstan.controller;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The generation since which each NodeTrust asks its node to trust the same. A later one that changed only what the node may
 * do, or what proves it, leaves what its agent said of an earlier one true. After a start it is the present one.
 */
final class AskedSince {

    private final Map<String, Long> generations = new ConcurrentHashMap<>();

    /** What a watch saw of one; null where there was or is none. */
    void saw(String node, @Nullable NodeTrustObject before, @Nullable NodeTrustObject now) {
        if (now == null) {
            generations.remove(node);
        } else if (before == null || !before.getSpec().asksForTheSame(now.getSpec())) {
            generations.put(node, now.getMetadata().getGeneration());
        }
    }

    long of(NodeTrustObject trust) {
        return generations.getOrDefault(
                trust.getMetadata().getName(), trust.getMetadata().getGeneration());
    }
}
