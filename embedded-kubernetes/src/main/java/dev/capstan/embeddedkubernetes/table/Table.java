package dev.capstan.embeddedkubernetes.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.Pending;
import java.time.Instant;
import java.util.List;

/** To come. */
public final class Table {

    private Table() {}

    /**
     * A table of objects.
     *
     * @param listMetadata the metadata of the list (resourceVersion, continue, remainingItemCount), or of the one object
     * @param now the time ages are told against
     */
    public static ObjectNode of(
            Kind kind, List<ObjectNode> objects, ObjectNode listMetadata, IncludeObject include, Instant now) {
        return Pending.value();
    }

    /**
     * A table of one row for a watch event.
     *
     * @param first whether it is the first event of the watch; only that one carries the column definitions
     */
    public static ObjectNode event(Kind kind, ObjectNode object, IncludeObject include, Instant now, boolean first) {
        return Pending.value();
    }
}
