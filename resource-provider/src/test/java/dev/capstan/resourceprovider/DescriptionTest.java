package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The OpenAPI description and the server say the same. That its answers fit is judged with every answer of every test here, by
 * {@link Lab}.
 */
class DescriptionTest {

    /** What is served before anything is routed. */
    private static final Set<String> BESIDE_ROUTES = Set.of(
            "GET /metadata/endpoints",
            "GET /extensions/index.json",
            "GET /extensions/{}",
            "GET /adfs/.well-known/openid-configuration",
            "GET /adfs/discovery/keys",
            "POST /adfs/oauth2/token",
            "POST /adfs/oauth2/v2.0/token",
            "GET /msi/token",
            "GET /openapi.json");

    @Test
    void everyRouteIsInItAndTheOtherWayRound() {
        try (var lab = new Lab()) {
            Set<String> served = new TreeSet<>(BESIDE_ROUTES);
            lab.provider()
                    .routes()
                    .forEach(route ->
                            served.add(Contract.operation(route.method(), "/" + String.join("/", route.template()))));
            assertThat(Contract.served().operations()).isEqualTo(served);
        }
    }

    @Test
    void theServerServesItToThoseItKnows() {
        try (var lab = new Lab()) {
            assertThat(lab.raw("GET", "/openapi.json", null, Map.of()).status()).isEqualTo(401);
            var answer = lab.get("/openapi.json");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(Contract.served().document());
            assertThat(answer.at("/openapi").asText()).isEqualTo("3.1.0");
        }
    }

    @Test
    void anAnswerThatIsNotAsDescribedIsFound() {
        try (var lab = new Lab()) {
            lab.withCluster();
            var contract = Contract.served();
            ObjectNode error = lab.get(CLUSTER + "x").body().deepCopy();
            assertThat(contract.faults("GET", CLUSTER, 404, "application/json", error))
                    .isEmpty();
            error.withObject("/error").put("stackTrace", "at …");
            assertThat(contract.faults("GET", CLUSTER, 404, "application/json", error))
                    .hasSize(1);
            ObjectNode cluster = lab.get(CLUSTER).body().deepCopy();
            cluster.withObject("/properties").put("provisioningState", "Perhaps");
            assertThat(contract.faults("GET", CLUSTER, 200, "application/json", cluster))
                    .hasSize(1);
            assertThat(contract.faults("GET", CLUSTER, 206, "application/json", cluster))
                    .hasSize(1);
            assertThat(contract.faults("DELETE", CLUSTER, 202, "", cluster)).hasSize(1);
            assertThat(contract.faults("DELETE", CLUSTER, 202, "", MissingNode.getInstance()))
                    .isEmpty();
            assertThat(contract.faults("GET", "/not/described", 200, "application/json", cluster))
                    .hasSize(1);
        }
    }
}
