package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import java.util.List;

/**
 * What a CustomResourceDefinition defines.
 *
 * @param kinds one kind per served version; empty when there are problems
 * @param problems everything that makes the definition invalid, in the words of Kubernetes
 */
public record CrdKinds(List<Kind> kinds, List<FieldError> problems) {

    /** Reads an {@code apiextensions.k8s.io/v1} CustomResourceDefinition object; never throws for what is in it. */
    public static CrdKinds of(ObjectNode crd) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
