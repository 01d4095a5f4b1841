package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As kube-apiserver does it; end-to-end's ImpersonationTest asks a real one the same. */
class ImpersonationTest {

    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final String NODES = "/api/v1/nodes";
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void role(String name, String rule, String subjectKind, String subject) throws Exception {
        server.post(
                        RBAC + "/clusterroles",
                        "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\""
                                + name + "\"},\"rules\":[" + rule + "]}")
                .expect(201);
        String where = subjectKind.equals("ServiceAccount")
                ? "\"namespace\":\"default\""
                : "\"apiGroup\":\"rbac.authorization.k8s.io\"";
        server.post(
                        RBAC + "/clusterrolebindings",
                        "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRoleBinding\",\"metadata\":"
                                + "{\"name\":\"" + name + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
                                + "\"kind\":\"ClusterRole\",\"name\":\"" + name + "\"},\"subjects\":[{\"kind\":\""
                                + subjectKind + "\",\"name\":\"" + subject + "\"," + where + "}]}")
                .expect(201);
    }

    private String account(String name) throws Exception {
        server.post(
                        "/api/v1/namespaces/default/serviceaccounts",
                        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"" + name + "\"}}")
                .expect(201);
        return server.post(
                        "/api/v1/namespaces/default/serviceaccounts/" + name + "/token",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}")
                .expect(201)
                .json()
                .at("/status/token")
                .asText();
    }

    @Test
    void theAdministratorIsJudgedAsWhomSheImpersonates() throws Exception {
        TestServer.Reply refused = server.call("GET", NODES)
                .header("Impersonate-User", "alice")
                .send()
                .expect(403);
        assertThat(refused.message())
                .isEqualTo("nodes is forbidden: User \"alice\" cannot list resource \"nodes\" in API group \"\" at the"
                        + " cluster scope");
        role("node-readers", "{\"apiGroups\":[\"\"],\"resources\":[\"nodes\"],\"verbs\":[\"list\"]}", "Group", "staff");
        server.call("GET", NODES)
                .header("Impersonate-User", "alice")
                .header("Impersonate-Group", "others")
                .header("Impersonate-Group", "staff")
                .send()
                .expect(200);
        server.call("GET", NODES).header("Impersonate-User", "alice").send().expect(403);
    }

    @Test
    void itNeedsTheVerbOnEachOfUserAndGroups() throws Exception {
        String token = account("facade");
        TestServer.Reply none = server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", "alice")
                .send()
                .expect(403);
        assertThat(none.message())
                .isEqualTo("users \"alice\" is forbidden: User \"system:serviceaccount:default:facade\" cannot"
                        + " impersonate resource \"users\" in API group \"\" at the cluster scope");
        role(
                "users",
                "{\"apiGroups\":[\"\"],\"resources\":[\"users\"],\"verbs\":[\"impersonate\"],\"resourceNames\":[\"alice\"]}",
                "ServiceAccount",
                "facade");
        server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", "alice")
                .send()
                .expect(200);
        server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", "bob")
                .send()
                .expect(403);
        TestServer.Reply group = server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", "alice")
                .header("Impersonate-Group", "system:masters")
                .send()
                .expect(403);
        assertThat(group.message()).startsWith("groups \"system:masters\" is forbidden: ");
        TestServer.Reply extra = server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", "alice")
                .header("Impersonate-Extra-reason", "because")
                .send()
                .expect(403);
        assertThat(extra.message())
                .contains("impersonate resource \"userextras/reason\" in API group \"authentication.k8s.io\"");
    }

    @Test
    void aServiceAccountIsImpersonatedWithItsGroupsAndTheRightOnThatAccount() throws Exception {
        String token = account("facade");
        String name = "system:serviceaccount:kube-system:robot";
        TestServer.Reply refused = server.call("GET", "/version")
                .token(token)
                .header("Impersonate-User", name)
                .send()
                .expect(403);
        assertThat(refused.message())
                .startsWith("serviceaccounts \"robot\" is forbidden: ")
                .endsWith(
                        "impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"kube-system\"");
        role(
                "of-kube-system",
                "{\"apiGroups\":[\"\"],\"resources\":[\"nodes\"],\"verbs\":[\"list\"]}",
                "Group",
                "system:serviceaccounts:kube-system");
        server.call("GET", NODES).header("Impersonate-User", name).send().expect(200);
    }

    @Test
    void groupsWithoutAUserAreAFault() throws Exception {
        assertThat(server.call("GET", NODES)
                        .header("Impersonate-Group", "staff")
                        .send()
                        .expect(500)
                        .text())
                .startsWith("Internal Server Error: \"/api/v1/nodes\": ")
                .contains("without impersonating a user");
    }

    @Test
    void itIsNoWayToMoreRights() throws Exception {
        String token = account("facade");
        role(
                "everybody",
                "{\"apiGroups\":[\"\"],\"resources\":[\"users\"],\"verbs\":[\"impersonate\"]}",
                "ServiceAccount",
                "facade");
        List<Integer> codes = new ArrayList<>();
        for (String user : List.of("alice", "system:admin", "system:anonymous", "")) {
            codes.add(server.call("GET", NODES)
                    .token(token)
                    .header("Impersonate-User", user)
                    .send()
                    .code());
        }
        assertThat(codes).containsOnly(403);
        JsonNode review = server.call("POST", REVIEWS)
                .token(token)
                .header("Impersonate-User", "alice")
                .body(
                        "application/json",
                        "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":"
                                + "{\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"nodes\"}}}")
                .send()
                .expect(201)
                .json();
        assertThat(review.at("/status/allowed").asBoolean()).isFalse();
    }
}
