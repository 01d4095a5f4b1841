package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AgentPool as the Kubernetes client sees it. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Kind(AgentPool.KIND)
@Plural(AgentPool.PLURAL)
final class AgentPoolObject extends CustomResource<AgentPool.Spec, AgentPool.Status> {

    /** The labels of the nodes that it selects; empty where it selects none. */
    Map<String, String> selector() {
        Map<String, String> selector = getSpec().nodeSelector();
        return selector == null ? Map.of() : selector;
    }

    @Override
    protected AgentPool.@Nullable Spec initSpec() {
        return null; // a record cannot be made empty
    }

    @Override
    protected AgentPool.@Nullable Status initStatus() {
        return null; // absent until written
    }
}
