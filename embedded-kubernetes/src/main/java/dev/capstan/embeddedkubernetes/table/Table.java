package dev.capstan.embeddedkubernetes.table;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.PrinterColumn;
import java.time.Instant;
import java.util.List;

/**
 * Objects as a {@code meta.k8s.io/v1} Table, which command lines ask for with {@code Accept: application/json;as=Table}. All
 * columns are always there; clients choose by priority.
 */
public final class Table {

    private static final List<String> LIST_METADATA = List.of("resourceVersion", "continue", "remainingItemCount");

    private Table() {}

    /**
     * A table of objects.
     *
     * @param listMetadata the metadata of the list (resourceVersion, continue, remainingItemCount), or of the one object
     * @param now the time ages are told against
     */
    public static ObjectNode of(
            Kind kind, List<ObjectNode> objects, ObjectNode listMetadata, IncludeObject include, Instant now) {
        ObjectNode table = table(listMetadata);
        ArrayNode columns = table.putArray("columnDefinitions");
        for (PrinterColumn column : kind.columns()) {
            columns.addObject()
                    .put("name", column.name())
                    .put("type", column.type())
                    .put("format", column.format())
                    .put("description", column.description())
                    .put("priority", column.priority());
        }
        ArrayNode rows = table.putArray("rows");
        objects.forEach(o -> rows.add(row(kind, o, include, now)));
        return table;
    }

    /**
     * A table of one row for a watch event.
     *
     * @param first whether it is the first event of the watch; only that one carries the column definitions
     */
    public static ObjectNode event(Kind kind, ObjectNode object, IncludeObject include, Instant now, boolean first) {
        ObjectNode metadata =
                object.path("metadata") instanceof ObjectNode m ? m : JsonNodeFactory.instance.objectNode();
        ObjectNode table = of(kind, List.of(object), metadata, include, now);
        if (!first) {
            table.putNull("columnDefinitions");
        }
        return table;
    }

    private static ObjectNode table(ObjectNode listMetadata) {
        ObjectNode table =
                JsonNodeFactory.instance.objectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        ObjectNode metadata = table.putObject("metadata");
        LIST_METADATA.stream().filter(listMetadata::has).forEach(f -> metadata.set(f, listMetadata.get(f)));
        return table;
    }

    private static ObjectNode row(Kind kind, ObjectNode object, IncludeObject include, Instant now) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        ArrayNode cells = row.putArray("cells");
        Cells values = new Cells(object, now);
        kind.columns().forEach(c -> cells.add(values.cell(c)));
        switch (include) {
            case NONE -> {}
            case METADATA ->
                row.putObject("object")
                        .put("kind", "PartialObjectMetadata")
                        .put("apiVersion", "meta.k8s.io/v1")
                        .set("metadata", object.path("metadata"));
            case OBJECT -> row.set("object", object);
        }
        return row;
    }
}
