package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.selector.FieldSelector;
import dev.capstan.embeddedkubernetes.selector.LabelSelector;
import dev.capstan.embeddedkubernetes.selector.SelectorException;

/** Which objects of a collection are meant. */
public record Selection(LabelSelector labels, FieldSelector fields) {
    /** Reads {@code labelSelector} and {@code fieldSelector}; a target with a name selects that name, too. */
    public static Selection parse(Target target, Parameters parameters) {
        Kind kind = target.kind();
        try {
            String fields = parameters.text("fieldSelector");
            if (!target.name().isEmpty()) {
                String byName = "metadata.name=" + target.name();
                fields = fields.isEmpty() ? byName : fields + "," + byName;
            }
            return new Selection(
                    LabelSelector.parse(parameters.text("labelSelector")), FieldSelector.parse(fields, kind));
        } catch (SelectorException e) {
            throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
        }
    }

    boolean everything() {
        return labels.everything() && fields.everything();
    }

    boolean matches(ObjectNode object) {
        return labels.matches(object) && fields.matches(object);
    }
}
