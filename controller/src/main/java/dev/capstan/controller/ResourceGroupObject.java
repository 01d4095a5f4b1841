package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.ResourceGroup;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** ResourceGroup as the Kubernetes client sees it. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Kind(ResourceGroup.KIND)
@Plural(ResourceGroup.PLURAL)
final class ResourceGroupObject extends CustomResource<ResourceGroup.Spec, ResourceGroup.Status> {

    @Override
    protected ResourceGroup.@Nullable Spec initSpec() {
        return null; // a record cannot be made empty
    }

    @Override
    protected ResourceGroup.@Nullable Status initStatus() {
        return null; // absent until written
    }
}
