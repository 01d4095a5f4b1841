package dev.capstan.embeddedkubernetes.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import dev.capstan.embeddedkubernetes.pipeline.Reads;
import dev.capstan.embeddedkubernetes.table.IncludeObject;
import dev.capstan.embeddedkubernetes.table.Table;
import java.time.Instant;
import java.util.List;

/** The form in which a client wants objects: whole, as tables, or their metadata only. */
record Form(Kind kind, Style style, IncludeObject include) {
    enum Style {
        WHOLE,
        TABLE,
        METADATA
    }

    /** The first form of the Accept header that is served here. */
    static Form choose(Kind kind, String accept, Parameters parameters) {
        IncludeObject include = IncludeObject.parse(parameters.text("includeObject"))
                .orElseThrow(() -> ApiFailure.badRequest("includeObject: Unsupported value: \""
                        + parameters.text("includeObject") + "\": supported values: \"\", \"None\", \"Metadata\","
                        + " \"Object\""));
        for (Accepted clause : Accepted.parse(accept)) {
            if (!clause.isJson()) {
                continue;
            }
            String as = clause.parameter("as");
            if (as.isEmpty()) {
                return new Form(kind, Style.WHOLE, include);
            }
            boolean meta = clause.parameter("g").equals("meta.k8s.io")
                    && clause.parameter("v").equals("v1");
            if (meta && as.equals("Table")) {
                return new Form(kind, Style.TABLE, include);
            }
            if (meta && (as.equals("PartialObjectMetadata") || as.equals("PartialObjectMetadataList"))) {
                return new Form(kind, Style.METADATA, include);
            }
        }
        throw ApiFailure.notAcceptable("application/json, application/json;as=Table;v=v1;g=meta.k8s.io,"
                + " application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    }

    /** One object. */
    ObjectNode of(ObjectNode object) {
        return switch (style) {
            case WHOLE -> object;
            case METADATA -> metadataOf(object);
            case TABLE -> Table.of(kind, List.of(object), versionOf(object), include, Instant.now());
        };
    }

    /** A page of a list. */
    ObjectNode of(Reads.Page page) {
        if (style == Style.TABLE) {
            return Table.of(kind, page.objects(), page.metadata(), include, Instant.now());
        }
        boolean whole = style == Style.WHOLE;
        ObjectNode list = Json.object()
                .put("kind", whole ? kind.listKind() : "PartialObjectMetadataList")
                .put("apiVersion", whole ? kind.apiVersion() : "meta.k8s.io/v1");
        list.set("metadata", page.metadata());
        ArrayNode items = list.putArray("items");
        page.objects().forEach(object -> items.add(whole ? object : metadataOf(object)));
        return list;
    }

    /** The object of a watch event. */
    ObjectNode event(String type, ObjectNode object, boolean first) {
        if (type.equals("ERROR")) {
            return object;
        }
        return switch (style) {
            case WHOLE -> object;
            case METADATA -> metadataOf(object);
            case TABLE -> Table.event(kind, object, include, Instant.now(), first);
        };
    }

    private static ObjectNode metadataOf(ObjectNode object) {
        ObjectNode partial = Json.object().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", object.path("metadata"));
        return partial;
    }

    private static ObjectNode versionOf(ObjectNode object) {
        return Json.object().put("resourceVersion", Json.meta(object, "resourceVersion"));
    }
}
