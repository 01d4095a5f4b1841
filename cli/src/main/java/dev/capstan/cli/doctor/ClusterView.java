package dev.capstan.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the control plane knows of a node, as it is handed to the doctor on the node. It holds certificates of CAs and words, and
 * no data of a Secret.
 *
 * @param now what time it is there
 * @param node the node's name
 * @param secret the usable certificates of the Secret, PEM
 * @param list those of the cluster's list, PEM
 * @param misplaced those of a Secret at another place, PEM
 * @param distrusted identities that are distrusted on the node
 * @param facts the rest; {@code distrusted} and {@code elsewhere} are as if they had the CA, which only the node can tell
 */
record ClusterView(
        Instant now,
        String node,
        String secret,
        String list,
        String misplaced,
        List<String> distrusted,
        Facts.Cluster facts) {

    ClusterView {
        distrusted = List.copyOf(distrusted);
    }

    JsonNode toJson() {
        var json = Json.object();
        json.put("now", now.toString()).put("node", node);
        json.put("secretCertificates", secret).put("listCertificates", list).put("misplacedCertificates", misplaced);
        var identities = json.putArray("distrusted");
        distrusted.forEach(identities::add);
        json.put("options", facts.options()).put("pool", facts.pool()).put("enabled", facts.enabled()).put("feature", facts.feature());
        json.put("secret", facts.secret()).put("elsewhere", facts.elsewhere());
        var refused = json.putArray("refused");
        facts.refused().forEach(refused::add);
        json.put("withheld", facts.withheld()).put("silent", facts.silent());
        json.put("problem", facts.problem()).put("underWay", facts.underWay());
        return json;
    }

    static ClusterView of(JsonNode json) {
        return new ClusterView(
                Instant.parse(json.path("now").asText()),
                json.path("node").asText(),
                json.path("secretCertificates").asText(""),
                json.path("listCertificates").asText(""),
                json.path("misplacedCertificates").asText(""),
                texts(json.path("distrusted")),
                new Facts.Cluster(
                        json.path("options").asText(),
                        json.path("pool").asText(),
                        json.path("enabled").asBoolean(),
                        json.path("feature").asBoolean(),
                        json.path("secret").asBoolean(),
                        json.path("elsewhere").asText(""),
                        texts(json.path("refused")),
                        json.path("withheld").asText(""),
                        json.path("silent").asText(""),
                        json.path("problem").asText(""),
                        json.path("underWay").asBoolean(),
                        false));
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
