package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.patch.JsonPatch;
import dev.capstan.embeddedkubernetes.patch.MergePatch;
import dev.capstan.embeddedkubernetes.patch.PatchException;
import dev.capstan.embeddedkubernetes.patch.StrategicMergePatch;
import dev.capstan.embeddedkubernetes.pipeline.Parameters.FieldValidation;
import java.util.List;

/** A patch as it came in: which format, and the document. */
record Patching(Format format, JsonNode patch) {
    enum Format {
        JSON("application/json-patch+json"),
        MERGE("application/merge-patch+json"),
        STRATEGIC("application/strategic-merge-patch+json");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }
    }

    /** Reads a patch; a format that the kind does not take is refused with 415. */
    static Patching parse(
            Kind kind, String contentType, byte[] body, FieldValidation validation, List<String> warnings) {
        if (body.length > Decoder.LIMIT) {
            throw ApiFailure.tooLarge(Decoder.LIMIT);
        }
        String mediaType = Decoder.mediaType(contentType);
        if (mediaType.startsWith("application/apply-patch")) {
            throw ApiFailure.of(
                    415,
                    "UnsupportedMediaType",
                    "server-side apply is not served here; use client-side apply (kubectl apply without --server-side)"
                            + " or one of: " + accepted(kind));
        }
        for (Format format : formats(kind)) {
            if (format.contentType.equals(mediaType)) {
                return new Patching(format, Decoder.json(body, validation, warnings));
            }
        }
        throw ApiFailure.unsupportedMediaType(accepted(kind));
    }

    private static List<Format> formats(Kind kind) {
        return kind.custom()
                ? List.of(Format.JSON, Format.MERGE)
                : List.of(Format.JSON, Format.MERGE, Format.STRATEGIC);
    }

    private static String accepted(Kind kind) {
        return String.join(
                ", ", formats(kind).stream().map(each -> each.contentType).toList());
    }

    /** The object with the patch applied. */
    ObjectNode applyTo(Kind kind, ObjectNode object) {
        try {
            JsonNode result = switch (format) {
                case JSON -> JsonPatch.apply(object, patch);
                case MERGE -> MergePatch.apply(object, patch);
                case STRATEGIC -> StrategicMergePatch.apply(object, patch, kind.schema());
            };
            if (result instanceof ObjectNode patched) {
                return patched;
            }
            throw ApiFailure.badRequest("the patch turns the object into something that is none");
        } catch (PatchException e) {
            String message = String.valueOf(e.getMessage());
            throw switch (e.reason().status()) {
                case 413 -> ApiFailure.of(413, "RequestEntityTooLarge", message);
                case 422 -> ApiFailure.of(422, "Invalid", message);
                default -> ApiFailure.badRequest(message);
            };
        }
    }
}
