package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CordonsTest {

    private Lab lab;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        lab = new Lab();
        client = lab.client(MANAGEMENT);
        lab.create(MANAGEMENT, "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"}}");
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    @Test
    void whatWeCordonedWeUncordon() {
        Cordons.cordon(client, "n");
        assertThat(node().getSpec().getUnschedulable()).isTrue();
        Cordons.uncordon(client, "n");
        assertThat(isCordoned()).isFalse();
        assertThat(node().getMetadata().getAnnotations()).isNullOrEmpty();
    }

    @Test
    void whatTheUserCordonedStaysCordoned() {
        client.nodes().withName("n").patch(Manifests.MERGE, "{\"spec\":{\"unschedulable\":true}}");
        Cordons.cordon(client, "n");
        Cordons.quarantine(client, "n");
        assertThat(status()).isEqualTo("Quarantined");
        Cordons.uncordon(client, "n");
        assertThat(isCordoned()).isTrue();
        assertThat(status()).isNull();
    }

    @Test
    void aQuarantinedNodeSaysSoUntilItsDrainIsTakenUpAgain() {
        Cordons.cordon(client, "n");
        Cordons.quarantine(client, "n");
        assertThat(status()).isEqualTo("Quarantined");
        assertThat(isCordoned()).isTrue();
        Cordons.cordon(client, "n");
        assertThat(status()).isNull();
        assertThat(isCordoned()).isTrue();
        Cordons.uncordon(client, "n");
        assertThat(isCordoned()).isFalse();
    }

    @Test
    void aNodeThatIsNotThereIsNoError() {
        Cordons.cordon(client, "gone");
        Cordons.quarantine(client, "gone");
        Cordons.uncordon(client, "gone");
        assertThat(client.nodes().withName("gone").get()).isNull();
    }

    private boolean isCordoned() {
        return node().getSpec() != null && Boolean.TRUE.equals(node().getSpec().getUnschedulable());
    }

    private String status() {
        return node().getMetadata().getLabels() == null
                ? null
                : node().getMetadata().getLabels().get(Names.UPGRADE_STATUS_LABEL);
    }

    private Node node() {
        return client.nodes().withName("n").get();
    }
}
