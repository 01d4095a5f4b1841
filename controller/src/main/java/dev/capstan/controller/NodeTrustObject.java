package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** NodeTrust as the Kubernetes client sees it. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Kind(NodeTrust.KIND)
@Plural(NodeTrust.PLURAL)
final class NodeTrustObject extends CustomResource<NodeTrust.Spec, NodeTrust.Status> {

    @Override
    protected NodeTrust.@Nullable Spec initSpec() {
        return null; // a record cannot be made empty
    }

    @Override
    protected NodeTrust.@Nullable Status initStatus() {
        return null; // absent until written
    }
}
