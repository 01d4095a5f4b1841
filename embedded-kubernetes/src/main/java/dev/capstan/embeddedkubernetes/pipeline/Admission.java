package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.store.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that looks at every write of certain kinds before it is stored. It may change the new object, refuse with an
 * {@link ApiFailure}, or add to the field errors, which are thrown together.
 */
@FunctionalInterface
public interface Admission {
    /**
     * A write about to happen.
     *
     * @param kind of the object
     * @param object as it will be stored, may be changed; of a deletion the object about to go, not to be changed
     * @param old what is stored now, null for a creation; not to be changed
     * @param subresource empty for the object itself
     * @param user who writes; null is the embedding program, which may do anything
     * @param view the state the write is made on
     * @param deletion whether the object is to be deleted
     * @param errors to be added to
     */
    record Attempt(
            Kind kind,
            ObjectNode object,
            @Nullable ObjectNode old,
            String subresource,
            @Nullable User user,
            View view,
            boolean deletion,
            List<FieldError> errors) {
        /** Whether the attempt is about the main resource of that name, such as {@code secrets}. */
        public boolean isAbout(String resource) {
            return kind.resource().equals(resource);
        }

        /** Whether there was nothing at the address before. */
        public boolean isCreation() {
            return old == null;
        }
    }

    /** Looks at the attempt; returns when it may go on. */
    void admit(Attempt attempt);
}
