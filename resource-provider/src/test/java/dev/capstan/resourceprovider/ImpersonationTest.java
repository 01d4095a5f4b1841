package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.http.Interceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kubernetes is asked as the caller, and has a word in it. */
class ImpersonationTest {

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    private ObjectNode role(String name) {
        return lab.management()
                .get("clusterroles.rbac.authorization.k8s.io", "", name)
                .orElseThrow()
                .deepCopy();
    }

    @Test
    void aRightThatKubernetesTakesAwayIsGoneThoughTheRoleHasIt() {
        String contributor = lab.tokenOf(lab.principal("Contributor", Lab.SUB));
        assertThat(lab.as(contributor, "PUT", Lab.GROUP, "{\"location\":\"local\"}")
                        .status())
                .isEqualTo(201);

        ObjectNode changed = role("capstan:contributor");
        changed.putArray("rules");
        lab.management().update(changed, false);

        Answer refused = lab.as(contributor, "PUT", Lab.GROUP, "{\"location\":\"local\",\"tags\":{\"a\":\"b\"}}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("AuthorizationFailed");
        assertThat(refused.message()).contains("User \"capstan:", "cannot");
        assertThat(lab.put(Lab.GROUP, "{\"location\":\"local\"}").status())
                .as("the administrator")
                .isEqualTo(200);

        lab.restart(new Interceptor() {});
        assertThat(role("capstan:contributor").path("rules"))
                .as("put right at the start")
                .hasSize(2);
        assertThat(lab.as(contributor, "PUT", Lab.GROUP, "{\"location\":\"local\",\"tags\":{\"a\":\"b\"}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anotherRolesRightsAreNotTheCallers() {
        String reader = lab.tokenOf(lab.principal("Reader", Lab.SUB));
        ObjectNode changed = role("capstan:reader");
        changed.putArray("rules");
        lab.management().update(changed, false);
        assertThat(lab.as(reader, "GET", Lab.SUB + "/resourcegroups", null).status())
                .isEqualTo(403);
        String owner = lab.tokenOf(lab.principal("Owner", Lab.SUB));
        assertThat(lab.as(owner, "GET", Lab.SUB + "/resourcegroups", null).status())
                .isEqualTo(200);
        assertThat(lab.as(owner, "GET", Lab.PRINCIPALS, null).status()).isEqualTo(200);
    }
}
