package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentRights.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code deploy/location} grants what is asked for, and nothing else. */
class AttachedRightsTest {

    @Test
    void theManifestGrantsWhatIsAskedForAndNothingElse() throws Exception {
        assertThat(rules("ClusterRole")).isEqualTo(maps(AttachedRights.onCluster()));
        assertThat(rules("Role")).isEqualTo(maps(AttachedRights.onSystemNamespace()));
    }

    private static List<Map<String, Object>> maps(List<Rule> rules) {
        return rules.stream().map(Rule::toMap).toList();
    }

    private static Object rules(String kind) throws Exception {
        String text = Files.readString(Path.of("../deploy/location/rights.yaml"));
        return Stream.of(text.split("\n---\n"))
                .map(document -> Clients.serialization().unmarshal(document, Map.class))
                .filter(object -> kind.equals(object.get("kind")))
                .map(object -> object.get("rules"))
                .findFirst()
                .orElseThrow();
    }
}
