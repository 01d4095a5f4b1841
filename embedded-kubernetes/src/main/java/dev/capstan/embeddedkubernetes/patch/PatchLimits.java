package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Bounds on what a patch may make. The size of a request body is bounded before it comes here; what needs bounds of its own
 * is a result that grows faster than the patch (a chain of {@code copy} operations doubles a document each time) and depth,
 * since trees are walked by recursion.
 */
final class PatchLimits {

    /** Operations in one JSON patch, as in Kubernetes. */
    static final int MOST_OPERATIONS = 10_000;
    /** Depth of the patch and of the result; also that of Jackson's own parser in some versions. */
    static final int DEEPEST = 500;
    /** Size of a result, in values and in characters: well above the largest object Kubernetes stores (1.5 MiB). */
    static final long LARGEST = 4L * 1024 * 1024;

    private PatchLimits() {}

    /**
     * The size of a tree: one for each value plus the length of its texts and names.
     *
     * @throws PatchException when it is larger or deeper than allowed
     */
    static long requireBounded(JsonNode tree, String what) {
        return size(tree, what, 0, 0);
    }

    private static long size(JsonNode node, String what, int depth, long soFar) {
        if (depth > DEEPEST) {
            throw new PatchException(
                    PatchException.Reason.TOO_LARGE, what + " is nested deeper than " + DEEPEST + " levels");
        }
        long size = soFar + 1 + (node.isTextual() ? node.textValue().length() : 0);
        for (var entry : node.properties()) {
            size = size(entry.getValue(), what, depth + 1, size + entry.getKey().length());
        }
        if (node.isArray()) {
            for (JsonNode item : node) {
                size = size(item, what, depth + 1, size);
            }
        }
        if (size > LARGEST) {
            throw new PatchException(
                    PatchException.Reason.TOO_LARGE, what + " is larger than " + LARGEST + " characters");
        }
        return size;
    }

    /** A text as a message shows it, cut when it is long. */
    static String shown(String text) {
        return text.length() <= 256 ? text : text.substring(0, 256) + "...";
    }
}
