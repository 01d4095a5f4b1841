package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import dev.capstan.truststore.Family;
import java.nio.file.Path;
import java.util.List;

/** The head of every answer: which root, of which family. */
record StoreWords(Path root, Family family) {

    /** {@code The trust store of /: Debian, Ubuntu (its own tool: update-ca-certificates)}. */
    String title() {
        return String.format(
                "The trust store of %s: %s (its own tool: %s)%s%n",
                root,
                family.name(),
                family.tool(),
                family.verified()
                        ? ""
                        : String.format("%n  unverified: Capstan was not run against this family's own tool"));
    }

    static String remarks(List<String> remarks) {
        var text = new StringBuilder();
        remarks.forEach(remark -> text.append(String.format("  note: %s%n", remark)));
        return text.toString();
    }

    ObjectNode json() {
        var json = Json.object().put("root", root.toString());
        var object = json.putObject("family");
        object.put("name", family.name());
        object.put("verified", family.verified());
        object.put("tool", family.tool());
        object.put("anchors", family.anchors());
        var outputs = object.putArray("outputs");
        for (var output : family.outputs()) {
            outputs.addObject()
                    .put("path", output.path())
                    .put("kind", output.kind().words())
                    .put("readers", output.readers());
        }
        object.put("hookFolder", family.hookFolder().orElse(null));
        return json;
    }
}
