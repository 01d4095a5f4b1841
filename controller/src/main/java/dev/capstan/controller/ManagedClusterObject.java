package dev.capstan.controller;

import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** ManagedCluster as the Kubernetes client sees it. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Kind(ManagedCluster.KIND)
@Plural(ManagedCluster.PLURAL)
final class ManagedClusterObject extends CustomResource<ManagedCluster.Spec, ManagedCluster.Status> {

    @Override
    protected ManagedCluster.@Nullable Spec initSpec() {
        return null; // a record cannot be made empty
    }

    @Override
    protected ManagedCluster.@Nullable Status initStatus() {
        return null; // absent until written
    }
}
