package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AgentRightsTest {

    private static final String NODE = "aks-np-00000001-vmss000000";

    @Test
    void anAgentMayDoThisAndNothingElse() {
        assertThat(rules())
                .containsExactlyInAnyOrder(
                        NodeTrust.PLURAL + " " + NODE + " [get, list, watch]",
                        NodeTrust.PLURAL + "/status " + NODE + " [patch]",
                        CertificateSets.PLURAL + "  [get, list, watch]",
                        "nodes " + NODE + " [get]",
                        "namespaces kube-system [get]",
                        "secrets custom-ca-trust-secret [get, list, watch]",
                        "leases " + NODE + " [get, update]",
                        "serviceaccounts/token capstan-agent-" + NODE + " [create]");
    }

    @Test
    void everythingButCertificateSetsIsBoundToAName() {
        assertThat(allRules())
                .filteredOn(rule -> rule.resourceNames().isEmpty())
                .extracting(AgentRights.Rule::resource)
                .containsExactly(CertificateSets.PLURAL);
    }

    @Test
    void everyObjectIsNamedAfterTheNodeAndLabelledSo() {
        assertThat(AgentRights.objects(NODE))
                .hasSize(6)
                .allSatisfy(object -> assertThat(object.get("metadata").toString())
                        .contains("name=capstan-agent-" + NODE)
                        .contains(Names.NODE_LABEL + "=" + NODE));
    }

    @Test
    void theAccountThatAgentsShareMayDoWhatOneMayOfEveryNodeAndAskForNoToken() {
        assertThat(AgentRights.sharedClusterRules())
                .extracting(AgentRightsTest::withoutName)
                .isEqualTo(AgentRights.clusterRules(NODE).stream()
                        .map(AgentRightsTest::withoutName)
                        .toList());
        assertThat(AgentRights.sharedSystemRules())
                .extracting(AgentRightsTest::withoutName)
                .isEqualTo(AgentRights.systemRules(NODE).stream()
                        .map(AgentRightsTest::withoutName)
                        .filter(rule -> !rule.startsWith("serviceaccounts/token"))
                        .toList());
    }

    private static String withoutName(AgentRights.Rule rule) {
        return rule.resource() + " " + rule.verbs();
    }

    private static List<AgentRights.Rule> allRules() {
        return Stream.of(AgentRights.clusterRules(NODE), AgentRights.secretRules(), AgentRights.systemRules(NODE))
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> rules() {
        return allRules().stream()
                .map(rule -> rule.resource() + " " + String.join(",", rule.resourceNames()) + " " + rule.verbs())
                .toList();
    }
}
