package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrincipalTest {

    private static final String OTHER_GROUP = Lab.SUB + "/resourcegroups/other";

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aSecretIsToldOnceAndItsHashAloneIsKept() {
        Answer made = lab.principal("Reader", Lab.SUB);
        String secret = made.at("/properties/password").asText();
        assertThat(made.status()).isEqualTo(201);
        assertThat(secret).matches("[0-9a-f]{64}");
        assertThat(made.header("cache-control")).isEqualTo("no-store");
        assertThat(made.at("/properties/tenant").asText()).isEqualTo(Lab.TENANT);

        String id = made.at("/name").asText();
        assertThat(lab.get(Lab.PRINCIPALS + "/" + id).text()).doesNotContain(secret);
        assertThat(lab.get(Lab.PRINCIPALS).text()).contains(id).doesNotContain(secret);
        String kept = lab.management().list("secrets", "capstan-system").toString()
                + lab.management().list("principals.capstan.dev", null);
        assertThat(kept)
                .contains(id)
                .doesNotContain(secret)
                .doesNotContain(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aReaderReadsAndChangesNothing() {
        lab.withCluster();
        String reader = lab.tokenOf(lab.principal("Reader", Lab.SUB));
        assertThat(lab.as(reader, "GET", Lab.CLUSTER, null).status()).isEqualTo(200);
        Answer refused = lab.as(reader, "PUT", Lab.CLUSTER, "{}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("AuthorizationFailed");
        assertThat(refused.at("/error/message").asText())
                .startsWith("The client '")
                .contains(
                        "does not have authorization to perform action"
                                + " 'Microsoft.ContainerService/managedClusters/write' over scope '" + Lab.CLUSTER
                                + "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
        assertThat(lab.as(reader, "POST", Lab.CLUSTER + "/listClusterUserCredential", null)
                        .at("/error/message")
                        .asText())
                .contains("'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'");
        assertThat(lab.as(reader, "GET", Lab.PRINCIPALS, null).status()).isEqualTo(403);
        assertThat(lab.as(reader, "GET", Lab.SUB + "/resourcegroups", null).status())
                .isEqualTo(200);
    }

    @Test
    void aContributorChangesEverythingButWhoMayDoWhat() {
        String contributor = lab.tokenOf(lab.principal("Contributor", Lab.SUB));
        assertThat(lab.as(contributor, "PUT", Lab.GROUP, "{\"location\":\"local\"}")
                        .status())
                .isEqualTo(201);
        String principal = Lab.PRINCIPALS + "/" + Lab.TENANT;
        for (String method : List.of("GET", "PUT", "DELETE")) {
            assertThat(lab.as(contributor, method, principal, "{}").code()).isEqualTo("AuthorizationFailed");
        }
        String owner = lab.tokenOf(lab.principal("Owner", Lab.SUB));
        assertThat(lab.as(owner, "GET", Lab.PRINCIPALS, null).at("/value")).hasSize(3);
    }

    @Test
    void aRoleHoldsInItsScopeAndListsShowNothingElse() {
        lab.withCluster();
        lab.put(OTHER_GROUP, "{\"location\":\"local\"}");
        lab.put(
                OTHER_GROUP + Lab.CLUSTERS + "/c2",
                Lab.json("{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':2}]}}"));
        String ofCluster = lab.tokenOf(lab.principal(
                "Contributor",
                Lab.CLUSTER.toUpperCase(java.util.Locale.ROOT).replace("/SUBSCRIPTIONS", "/subscriptions")));
        String ofGroup = lab.tokenOf(lab.principal("Reader", OTHER_GROUP));

        assertThat(names(lab.as(ofCluster, "GET", Lab.SUB + Lab.CLUSTERS, null)))
                .containsExactly("c1");
        assertThat(names(lab.as(ofCluster, "GET", Lab.GROUP + Lab.CLUSTERS, null)))
                .containsExactly("c1");
        assertThat(names(lab.as(ofCluster, "GET", Lab.SUB + "/resourcegroups", null)))
                .isEmpty();
        assertThat(lab.as(ofCluster, "PUT", Lab.CLUSTER, "{}").status()).isEqualTo(200);
        assertThat(lab.as(ofCluster, "PUT", Lab.GROUP, "{}").status()).isEqualTo(403);
        assertThat(lab.as(ofCluster, "GET", OTHER_GROUP + Lab.CLUSTERS, null).status())
                .isEqualTo(403);
        assertThat(lab.as(ofCluster, "GET", OTHER_GROUP + Lab.CLUSTERS + "/c2", null)
                        .status())
                .isEqualTo(403);

        assertThat(names(lab.as(ofGroup, "GET", Lab.SUB + Lab.CLUSTERS, null))).containsExactly("c2");
        assertThat(names(lab.as(ofGroup, "GET", Lab.SUB + "/resourcegroups", null)))
                .containsExactly("other");
        assertThat(lab.as(ofGroup, "GET", Lab.CLUSTER, null).status()).isEqualTo(403);
        assertThat(lab.as(ofGroup, "DELETE", OTHER_GROUP, null).status()).isEqualTo(403);
    }

    @Test
    void anOperationIsShownToThoseWhoMayReadItsCluster() {
        lab.withCluster();
        Answer begun = lab.put(Lab.CLUSTER, "{\"tags\":{\"a\":\"b\"}}");
        String operation =
                begun.header("azure-asyncoperation").substring(lab.url().length());
        operation = operation.substring(0, operation.indexOf('?'));
        String reader = lab.tokenOf(lab.principal("Reader", Lab.CLUSTER));
        String elsewhere = lab.tokenOf(lab.principal("Owner", OTHER_GROUP));
        assertThat(lab.as(reader, "GET", operation, null).status()).isEqualTo(200);
        assertThat(lab.as(elsewhere, "GET", operation, null).code()).isEqualTo("OperationNotFound");
    }

    @Test
    void aNameWithHiddenSlashesIsNoOtherScope() {
        lab.withCluster();
        String ofCluster = lab.tokenOf(lab.principal("Owner", Lab.CLUSTER));
        String hidden = "rg%2Fproviders%2Fmicrosoft.containerservice%2Fmanagedclusters%2Fc1";
        assertThat(lab.as(ofCluster, "PUT", Lab.SUB + "/resourcegroups/" + hidden, "{}")
                        .status())
                .isEqualTo(403);
        assertThat(lab.as(ofCluster, "DELETE", Lab.SUB + "/resourcegroups/rg%2F..", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void whoIsDeletedOrGetsAnotherSecretIsRefusedAtOnceAlsoByAnotherReplica() {
        Answer first = lab.principal("Reader", Lab.SUB);
        Answer second = lab.principal("Reader", Lab.SUB);
        String deleted = lab.tokenOf(first);
        String rotated = lab.tokenOf(second);
        String one = Lab.PRINCIPALS + "/" + first.at("/name").asText();
        String two = Lab.PRINCIPALS + "/" + second.at("/name").asText();

        assertThat(lab.delete(one).status()).isEqualTo(200);
        assertThat(lab.delete(one).status()).isEqualTo(204);
        Answer fresh = lab.post(two + "/rotate");
        assertThat(fresh.status()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(lab.as(deleted, "GET", "/subscriptions", null).status()).isEqualTo(401);
            assertThat(lab.as(rotated, "GET", "/subscriptions", null).status()).isEqualTo(401);
            assertThat(lab.login(first).status()).isEqualTo(401);
            assertThat(lab.login(second).status()).isEqualTo(401);
            assertThat(lab.as(lab.tokenOf(fresh), "GET", "/subscriptions", null).status())
                    .isEqualTo(200);
            lab.restart(new Interceptor() {});
        }
        assertThat(lab.management().list("secrets", "capstan-system").toString())
                .doesNotContain("principal-" + first.at("/name").asText());
    }

    @Test
    void whatSheMayIsChangedUnderHerToken() {
        Answer made = lab.principal("Owner", Lab.SUB);
        String token = lab.tokenOf(made);
        String one = Lab.PRINCIPALS + "/" + made.at("/name").asText();
        Answer changed = lab.put(
                one,
                Lab.json("{'properties':{'displayName':'less','assignments':[{'role':'reader','scope':'" + Lab.SUB
                        + "'}]}}"));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text()).doesNotContain("password");
        assertThat(lab.as(token, "GET", "/subscriptions", null).status()).isEqualTo(200);
        assertThat(lab.as(token, "GET", Lab.PRINCIPALS, null).status()).isEqualTo(403);
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        Answer answer = lab.put(
                Lab.PRINCIPALS + "/" + Lab.TENANT,
                Lab.json("{'properties':{'assignments':[{'role':'God','scope':'/subscriptions/" + Lab.TENANT + "'},"
                        + "{'role':'Owner','scope':'everything'},{'role':'Owner','scope':'/'},"
                        + "{'role':'Owner','scope':'//'},{'role':'Owner','scope':''}]}}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/error/details")).hasSize(7);
        assertThat(lab.put(Lab.PRINCIPALS + "/..%2fsecrets", "{}").status()).isEqualTo(400);
        assertThat(lab.put(Lab.PRINCIPALS + "/me", "{}").status()).isEqualTo(400);
    }

    @Test
    void thePrincipalOfTheHomeIsOwnerAndFollowsItsFileAlone() {
        String one = Lab.PRINCIPALS + "/" + Lab.CLIENT;
        assertThat(lab.get(one).at("/properties/assignments/0/role").asText()).isEqualTo("Owner");
        assertThat(lab.delete(one).status()).isEqualTo(409);
        assertThat(lab.post(one + "/rotate").status()).isEqualTo(409);
        assertThat(lab.put(one, "{}").status()).isEqualTo(409);
    }

    private static List<String> names(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return StreamSupport.stream(answer.at("/value").spliterator(), false)
                .map((JsonNode one) -> one.path("name").asText())
                .toList();
    }
}
