package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.GROUP;
import static dev.capstan.resourceprovider.Lab.POOL;
import static dev.capstan.resourceprovider.Lab.SUB;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a request leaves in the store of record, wherever it is cut off. */
class StoreTest {

    /** Kills the resource provider before its n-th write: that one and everything after it never happens. */
    private static final class Kill implements Interceptor {

        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        private final List<String> writes = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean dead;
        private volatile boolean isAway;
        private volatile Runnable beforeWrite = () -> {};

        void at(int write) {
            left.set(write);
            writes.clear();
            dead = false;
        }

        List<String> armWrites() {
            return writes.stream()
                    .filter(write -> write.contains("/capstan.dev/"))
                    .toList();
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            boolean isWrite = !request.method().equals("GET");
            if (isAway) {
                // Nobody listens there.
                builder.uri(URI.create("https://127.0.0.1:1/"));
                return;
            }
            if (isWrite) {
                beforeWrite.run();
            }
            if (dead || (isWrite && left.decrementAndGet() < 0)) {
                dead = true;
                throw new IllegalStateException("killed");
            }
            if (isWrite) {
                writes.add(request.method() + " " + request.uri().getPath());
            }
        }
    }

    private record Case(String name, Function<Lab, Answer> request) {}

    private static final String CA = TestKeys.authority("one");
    private static final String LIST = json("{'properties':{'securityProfile':{'customCATrustCertificates':['"
            + Base64.getEncoder().encodeToString(CA.getBytes(StandardCharsets.UTF_8)) + "']}}}");
    private static final String FEATURE =
            SUB + "/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/CustomCATrustPreview";

    private static final List<Case> CASES = List.of(
            new Case("update", lab -> lab.put(CLUSTER, LIST)),
            new Case("tags", lab -> lab.send("PATCH", CLUSTER, Lab.GA, json("{'tags':{'a':'b'}}"), Map.of())),
            new Case(
                    "create",
                    lab -> lab.put(CLUSTER + "2", json("{'properties':{'agentPoolProfiles':[{'name':'p'}]}}"))),
            new Case("add pool", lab -> lab.put(POOL, json("{'properties':{'count':1}}"))),
            new Case(
                    "change pool",
                    lab -> lab.put(CLUSTER + "/agentPools/nodepool1", json("{'properties':{'count':3}}"))),
            new Case("delete", lab -> lab.delete(CLUSTER)),
            new Case("make group", lab -> lab.put(GROUP + "2", json("{'location':'x'}"))),
            new Case("tag group", lab -> lab.put(GROUP, json("{'tags':{'a':'b'}}"))),
            new Case("delete group", lab -> lab.delete(GROUP)),
            new Case("register", lab -> lab.post(FEATURE + "/register")),
            new Case("register provider", lab -> lab.post(SUB + "/providers/Microsoft.ContainerService/register")));

    private static String everything(Lab lab) {
        StringBuilder all = new StringBuilder();
        for (String kind : List.of("managedclusters", "resourcegroups", "registrations", "agentpools")) {
            all.append(lab.management().list(kind + ".capstan.dev", null));
        }
        return all.toString();
    }

    @Test
    void everyRequestWritesOneObjectAndKilledBeforeAnyWriteItHasDoneNothing() {
        for (Case one : CASES) {
            Kill kill = new Kill();
            try (Lab lab = new Lab(kill)) {
                lab.withCluster();
                String before = everything(lab);
                kill.at(0);
                Answer killed = one.request().apply(lab);
                assertThat(killed.status()).as(one.name()).isGreaterThanOrEqualTo(500);
                assertThat(everything(lab)).as(one.name()).isEqualTo(before);

                // The second write would be refused: there is none, so the request succeeds.
                kill.at(1);
                Answer done = one.request().apply(lab);
                assertThat(done.status()).as(one.name() + ": " + done.text()).isBetween(200, 202);
                assertThat(kill.armWrites()).as(one.name()).hasSize(1);
                assertThat(everything(lab)).isNotEqualTo(before);
            }
        }
    }

    @Test
    void whatIsRefusedWritesNothing() {
        Kill kill = new Kill();
        try (Lab lab = new Lab(kill)) {
            lab.withCluster();
            kill.at(0);
            assertThat(lab.put(CLUSTER, json("{'properties':{'securityProfile':{'customCATrustCertificates':['x']}}}"))
                            .status())
                    .isEqualTo(400);
            assertThat(lab.put(POOL, json("{'properties':{'osType':'Windows'}}"))
                            .status())
                    .isEqualTo(400);
            assertThat(lab.delete(CLUSTER + "9").status()).isEqualTo(204);
            assertThat(lab.send("PUT", CLUSTER, Lab.GA, "{}", Map.of("If-Match", "x"))
                            .status())
                    .isEqualTo(412);
            assertThat(kill.armWrites()).isEmpty();
        }
    }

    @Test
    void aWriteInBetweenIsSeenAndDecidedOnAgain() {
        Kill kill = new Kill();
        try (Lab lab = new Lab(kill)) {
            lab.withCluster();
            AtomicInteger others = new AtomicInteger();
            kill.beforeWrite = () -> {
                if (others.incrementAndGet() == 1) {
                    var cluster = lab.only("managedclusters");
                    ((com.fasterxml.jackson.databind.node.ObjectNode) cluster.at("/spec/agentPoolProfiles/0"))
                            .put("count", 7);
                    cluster.withObject("/metadata").withObject("/labels").put("mine", "yes");
                    ((com.fasterxml.jackson.databind.node.ObjectNode) cluster.path("spec")).remove("operation");
                    lab.management().update(cluster, false);
                }
            };
            assertThat(lab.put(CLUSTER, LIST).status()).isEqualTo(200);
            assertThat(others.get()).isEqualTo(2);
            assertThat(lab.stored().at("/spec/agentPoolProfiles/0/count").asInt())
                    .isEqualTo(7);
            assertThat(lab.stored().at("/metadata/labels/mine").asText()).isEqualTo("yes");
            assertThat(lab.stored().at("/spec/securityProfile/customCATrustCertificates"))
                    .hasSize(1);
        }
    }

    @Test
    void whoAlwaysComesSecondIsToldSo() {
        Kill kill = new Kill();
        try (Lab lab = new Lab(kill)) {
            lab.withCluster();
            kill.beforeWrite = () -> {
                var cluster = lab.only("managedclusters");
                cluster.withObject("/metadata").withObject("/labels").put("at", Long.toString(System.nanoTime()));
                lab.management().update(cluster, false);
            };
            Answer answer = lab.put(CLUSTER, LIST);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.code()).isEqualTo("Conflict");
        }
    }

    @Test
    void ofManyAtOnceOneBeginsItsOperationAndTheOthersAreToldWhichOneRuns() throws Exception {
        try (Lab lab = new Lab();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.withCluster();
            List<Callable<Answer>> requests = Collections.nCopies(16, () -> lab.put(CLUSTER, LIST));
            List<Answer> answers = new ArrayList<>();
            for (var future : threads.invokeAll(requests)) {
                answers.add(future.get());
            }
            String operation = lab.stored().at("/spec/operation/id").asText();
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 200)
                    .singleElement()
                    .satisfies(answer ->
                            assertThat(answer.header("azure-asyncoperation")).contains(operation));
            assertThat(answers).filteredOn(answer -> answer.status() != 200).allSatisfy(answer -> {
                assertThat(answer.status()).isEqualTo(409);
                assertThat(answer.code()).isIn("OperationNotAllowed", "Conflict");
            });
            assertThat(lab.stored().at("/metadata/generation").asInt()).isEqualTo(2);
        }
    }

    @Test
    void anApiThatIsAwayIsToldAsSuchAndNothingElse() {
        Kill kill = new Kill();
        try (Lab lab = new Lab(kill)) {
            lab.withCluster();
            kill.isAway = true;
            for (Answer answer : List.of(lab.get(CLUSTER), lab.put(CLUSTER, LIST), lab.get(GROUP), lab.delete(POOL))) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("ServiceUnavailable");
                assertThat(answer.header("retry-after")).isEqualTo("1");
                assertThat(answer.text()).doesNotContain("Exception", "127.0.0.1");
            }
        }
    }

    @Test
    void aKubeconfigIsMadeWhereverTheFirstTryDied() {
        Kill kill = new Kill();
        try (Lab lab = new Lab(kill)) {
            lab.withCluster();
            assertThat(lab.post(CLUSTER + "/listClusterUserCredential").code()).isEqualTo("OperationNotAllowed");
            String name = lab.stored().at("/metadata/name").asText();
            lab.serve(name);
            var cluster = lab.only("managedclusters");
            cluster.withObject("/status").put("endpoint", lab.url() + "/clusters/" + name);
            lab.end(cluster, "True", "Succeeded", "");
            for (int writes = 0; writes < 3; writes++) {
                lab.serve(name);
                kill.at(writes);
                assertThat(lab.post(CLUSTER + "/listClusterUserCredential").status())
                        .isGreaterThanOrEqualTo(500);
                kill.at(Integer.MAX_VALUE);
                Answer answer = lab.post(CLUSTER + "/listClusterUserCredential");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.at("/kubeconfigs/0/name").asText()).isEqualTo("clusterUser");
                assertThat(answer.header("cache-control")).isEqualTo("no-store");
                String kubeconfig = new String(
                        Base64.getDecoder()
                                .decode(answer.at("/kubeconfigs/0/value").asText()),
                        StandardCharsets.UTF_8);
                assertThat(kubeconfig).contains("current-context: \"c1\"", "/clusters/" + name, "clusterUser_rg_c1");
                assertThat(kubeconfig).doesNotContain(Lab.ADMINISTRATOR);
                String token = kubeconfig
                        .lines()
                        .filter(line -> line.contains("token:"))
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(".*\"(.*)\".*", "$1");
                Map<String, String> bearer = Map.of("Authorization", "Bearer " + token);
                assertThat(lab.raw("GET", "/clusters/" + name + "/api/v1/nodes", null, bearer)
                                .status())
                        .isEqualTo(200);
                assertThat(lab.raw("GET", "/clusters/management/api/v1/nodes", null, bearer)
                                .status())
                        .isEqualTo(401);
            }
            assertThat(lab.post(CLUSTER + "/listClusterAdminCredential")
                            .at("/kubeconfigs/0/name")
                            .asText())
                    .isEqualTo("clusterAdmin");
        }
    }
}
