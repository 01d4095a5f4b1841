package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ApiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which api-version has which property: the table {@code api-fields.txt}. An answer shows what its version has. Of a body,
 * what its version does not have counts as absent, as it does for AKS's decoder; only where Capstan acts on a property, and
 * the body would change it, is that refused in words, for silence there is how AKS's users lost months (AKS#2259).
 */
final class ApiFields {

    static final String CLUSTER = "cluster";
    static final String POOL = "pool";
    static final String MACHINE = "machine";

    static final String LIST = "properties.securityProfile.customCATrustCertificates";
    static final String FLAG = "enableCustomCATrust";

    /** What Capstan acts on, and what is therefore left in a body to be looked at. */
    private static final List<String> ACTED_ON = List.of(LIST, FLAG);

    private static final List<Row> TABLE = table();

    /** One line of the table; null where it has a dash. */
    private record Row(
            String kind,
            String property,
            @Nullable LocalDate firstPreview,
            @Nullable LocalDate lastPreview,
            @Nullable LocalDate firstStable) {

        boolean isIn(ApiVersion version) {
            if (!version.preview()) {
                return firstStable != null && !version.date().isBefore(firstStable);
            }
            return firstPreview != null
                    && !version.date().isBefore(firstPreview)
                    && (lastPreview == null || !version.date().isAfter(lastPreview));
        }

        /** The versions that have it, in words. */
        String words() {
            List<String> words = new ArrayList<>();
            if (firstPreview != null) {
                words.add(firstPreview + "-preview"
                        + (lastPreview == null ? " and every later preview" : " to " + lastPreview + "-preview"));
            }
            if (firstStable != null) {
                words.add(firstStable + " and later");
            }
            return String.join(", ", words);
        }

        /** The one to send it with. */
        String best() {
            return lastPreview != null
                    ? lastPreview + "-preview"
                    : Objects.requireNonNullElse(firstStable, firstPreview) + "";
        }
    }

    private ApiFields() {}

    private static List<Row> table() {
        try (InputStream file = Objects.requireNonNull(ApiFields.class.getResourceAsStream("api-fields.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.strip().split("\\s+", -1))
                    .map(words -> new Row(words[0], words[1], date(words[2]), date(words[3]), date(words[4])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("api-fields.txt is part of this program", e);
        }
    }

    private static @Nullable LocalDate date(String word) {
        return word.equals("-") ? null : LocalDate.parse(word);
    }

    /** Whether the version has the property of that kind of resource. */
    static boolean has(String kind, String property, ApiVersion version) {
        return TABLE.stream()
                .filter(row -> row.kind().equals(kind) && row.property().equals(property))
                .allMatch(row -> row.isIn(version));
    }

    /**
     * That the version does not have the property, and which to send it with.
     *
     * @param what the property in words
     */
    static String refusal(String kind, String property, String what, ApiVersion version) {
        Row row = TABLE.stream()
                .filter(one -> one.kind().equals(kind) && one.property().equals(property))
                .findFirst()
                .orElseThrow();
        return what + " is known to the api-versions " + row.words() + ", and this request is of " + version
                + ". Send it with api-version=" + row.best() + ".";
    }

    /** The view without what the version does not have; the same object. */
    static ObjectNode shown(String kind, ObjectNode view, ApiVersion version) {
        TABLE.stream()
                .filter(row -> row.kind().equals(kind) && !row.isIn(version))
                .forEach(row -> remove(view, row.property()));
        return view;
    }

    /** A copy of the body without what the version does not have and nothing here acts on. */
    static ObjectNode taken(String kind, ObjectNode body, ApiVersion version) {
        ObjectNode taken = body.deepCopy();
        TABLE.stream()
                .filter(row -> row.kind().equals(kind) && !row.isIn(version))
                .filter(row -> !ACTED_ON.contains(row.property()))
                .forEach(row -> remove(taken, row.property()));
        return taken;
    }

    private static void remove(ObjectNode from, String path) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            from.remove(path);
            return;
        }
        JsonNode below = from.get(path.substring(0, dot));
        if (below instanceof ObjectNode object) {
            remove(object, path.substring(dot + 1));
        }
    }
}
