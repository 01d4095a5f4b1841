package dev.capstan.controller;

import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** CertificateSets as the Kubernetes client sees it. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Kind(CertificateSets.KIND)
@Plural(CertificateSets.PLURAL)
final class CertificateSetObject extends CustomResource<CertificateSets.Spec, Void> {

    @Override
    protected CertificateSets.@Nullable Spec initSpec() {
        return null; // a record cannot be made empty
    }

    @Override
    protected @Nullable Void initStatus() {
        return null; // absent until written
    }
}
