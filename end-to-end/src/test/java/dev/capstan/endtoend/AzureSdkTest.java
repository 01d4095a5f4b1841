package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.containerservice.ContainerServiceManager;
import com.azure.resourcemanager.containerservice.fluent.AgentPoolsClient;
import com.azure.resourcemanager.containerservice.fluent.ManagedClustersClient;
import com.azure.resourcemanager.containerservice.fluent.models.AgentPoolInner;
import com.azure.resourcemanager.containerservice.fluent.models.MachineInner;
import com.azure.resourcemanager.containerservice.fluent.models.ManagedClusterInner;
import com.azure.resourcemanager.containerservice.models.AgentPoolMode;
import com.azure.resourcemanager.containerservice.models.Code;
import com.azure.resourcemanager.containerservice.models.ManagedClusterAgentPoolProfile;
import com.azure.resourcemanager.containerservice.models.ManagedClusterIdentity;
import com.azure.resourcemanager.containerservice.models.ManagedClusterSecurityProfile;
import com.azure.resourcemanager.containerservice.models.ResourceIdentityType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's own SDKs for Java and JavaScript, unmodified, on real machines. */
final class AzureSdkTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GROUP = "sdk";

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static JsonNode status;
    private static JsonNode principal;
    private static Registry one;
    private static Registry two;

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        one = Registry.start(folder, "one");
        two = Registry.start(folder, "two");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        status = home.status();
        principal = JSON.readTree(home.folder().resolve("principal.json").toFile());
        home.run("group", "create", "--name", GROUP, "--location", "local").orFail();
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
    }

    @Test
    void theSdkForJavaMakesChangesClearsListsStopsAndDeletesAndIsToldWhatIsWrongByType() throws Exception {
        ContainerServiceManager aks = AzureSdkForJava.connect(
                status.path("endpoint").asText(),
                Path.of(status.path("caFile").asText()),
                principal.path("tenantId").asText(),
                principal.path("subscriptionId").asText(),
                principal.path("clientId").asText(),
                principal.path("clientSecret").asText());
        ManagedClustersClient clusters = aks.serviceClient().getManagedClusters();
        AgentPoolsClient pools = aks.serviceClient().getAgentPools();
        byte[] first = Files.readAllBytes(one.certificateAuthority());
        byte[] second = Files.readAllBytes(two.certificateAuthority());

        assertThat(refused(() -> clusters.getByResourceGroup(GROUP, "java"))).isEqualTo("404 ResourceNotFound");
        ManagedClusterInner made = clusters.createOrUpdate(
                GROUP,
                "java",
                new ManagedClusterInner()
                        .withIdentity(new ManagedClusterIdentity().withType(ResourceIdentityType.SYSTEM_ASSIGNED))
                        .withDnsPrefix("java")
                        .withAgentPoolProfiles(List.of(new ManagedClusterAgentPoolProfile()
                                .withName("np")
                                .withCount(1)
                                .withMode(AgentPoolMode.SYSTEM)))
                        .withSecurityProfile(
                                new ManagedClusterSecurityProfile().withCustomCATrustCertificates(List.of(first)))
                        .withLocation("local"));
        assertThat(made.provisioningState()).isEqualTo("Succeeded");
        assertThat(texts(made)).containsExactly(text(first));
        Cluster cluster = cluster("java");
        cluster.resolve(one, two);
        SecretBecomesTrust.eachNodePulls(cluster, one);
        List<String> old = cluster.nodes();

        ManagementException bad = catchThrowableOfType(
                ManagementException.class,
                () -> clusters.createOrUpdate(
                        GROUP,
                        "java",
                        with(
                                clusters,
                                "nonsense".getBytes(StandardCharsets.US_ASCII),
                                "more".getBytes(StandardCharsets.US_ASCII))));
        assertThat(bad.getResponse().getStatusCode()).isEqualTo(400);
        assertThat(bad.getValue().getCode()).isEqualTo("InvalidParameter");
        assertThat(bad.getValue().getMessage())
                .contains("failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM");
        assertThat(bad.getValue().getDetails()).hasSizeGreaterThanOrEqualTo(2);

        // The control plane is killed in the middle of the operation, and the next one ends it.
        SyncPoller<PollResult<ManagedClusterInner>, ManagedClusterInner> update =
                clusters.beginCreateOrUpdate(GROUP, "java", with(clusters, second));
        assertThat(update.poll().getStatus()).isEqualTo(LongRunningOperationStatus.IN_PROGRESS);
        assertThat(refused(() -> clusters.beginCreateOrUpdate(GROUP, "java", with(clusters, first))))
                .isEqualTo("409 OperationNotAllowed");
        home.kill();
        home.up();
        assertThat(update.waitForCompletion().getStatus()).isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
        assertThat(texts(update.getFinalResult())).containsExactly(text(second));
        assertThat(cluster.nodes()).hasSize(1).doesNotContainAnyElementsOf(old);
        cluster.resolve(one, two);
        SecretBecomesTrust.eachNodePulls(cluster, two);
        SecretBecomesTrust.eachNodeRefuses(cluster, one);

        String node = machine(aks);
        assertThat(cluster.nodes()).containsExactly(node);
        AgentPoolInner upgraded = pools.upgradeNodeImageVersion(GROUP, "java", "np");
        assertThat(upgraded.nodeImageVersion())
                .isEqualTo(pools.getUpgradeProfile(GROUP, "java", "np").latestNodeImageVersion());
        assertThat(machine(aks)).isNotEqualTo(node);

        aks.kubernetesClusters().stop(GROUP, "java");
        ManagedClusterInner stopped = clusters.getByResourceGroup(GROUP, "java");
        assertThat(stopped.powerState().code()).isEqualTo(Code.STOPPED);
        assertThat(home.machines()).isEmpty();
        assertThat(refused(() -> clusters.createOrUpdate(GROUP, "java", stopped)))
                .isEqualTo("409 OperationNotAllowed");
        aks.kubernetesClusters().start(GROUP, "java");
        assertThat(clusters.getByResourceGroup(GROUP, "java").powerState().code())
                .isEqualTo(Code.RUNNING);
        cluster.resolve(one, two);
        SecretBecomesTrust.eachNodePulls(cluster, two);

        ManagedClusterInner cleared = clusters.createOrUpdate(GROUP, "java", with(clusters));
        assertThat(texts(cleared)).isEmpty();
        assertThat(aks.kubernetesClusters().list().stream().map(found -> found.name()))
                .contains("java");
        assertThat(pools.list(GROUP, "java").stream().map(AgentPoolInner::name)).containsExactly("np");
        clusters.delete(GROUP, "java");
        assertThat(refused(() -> clusters.getByResourceGroup(GROUP, "java"))).isEqualTo("404 ResourceNotFound");
        assertThat(home.machines()).isEmpty();
    }

    private static String machine(ContainerServiceManager aks) {
        List<MachineInner> machines = aks.serviceClient().getMachines().list(GROUP, "java", "np").stream()
                .toList();
        assertThat(machines).hasSize(1);
        assertThat(machines.getFirst().properties().network().ipAddresses()).hasSize(1);
        return machines.getFirst().name();
    }

    /** The cluster as it is, with another list. */
    private static ManagedClusterInner with(ManagedClustersClient clusters, byte[]... list) {
        ManagedClusterInner cluster = clusters.getByResourceGroup(GROUP, "java");
        return cluster.withSecurityProfile(
                new ManagedClusterSecurityProfile().withCustomCATrustCertificates(List.of(list)));
    }

    private static String refused(Runnable request) {
        ManagementException refusal = catchThrowableOfType(ManagementException.class, request::run);
        return refusal.getResponse().getStatusCode() + " " + refusal.getValue().getCode();
    }

    private static List<String> texts(ManagedClusterInner cluster) {
        List<byte[]> list = cluster.securityProfile().customCATrustCertificates();
        return list == null ? List.of() : list.stream().map(AzureSdkTest::text).toList();
    }

    private static String text(byte[] pem) {
        return new String(pem, StandardCharsets.US_ASCII).strip();
    }

    private static Cluster cluster(String name) {
        Path kubeconfig = home.folder().resolve(name + ".kubeconfig");
        home.run("aks", "get-credentials", "-g", GROUP, "-n", name, "--file", kubeconfig.toString())
                .orFail();
        return new Cluster(
                Cluster.kubectlOf("bookworm"), kubeconfig, home.folder().resolve("machines"));
    }

    @Test
    void theSdkForJavaScriptMakesChangesClearsListsAndDeletesAndIsToldWhatIsWrongByType() throws Exception {
        Requirements.azureSdkForJavaScript();
        assertThat(javaScript("list.mjs").text()).endsWith("done\n");
    }

    @Test
    void theSdkForJavaScriptThatHasTheFlagTurnsItOnForAPoolWhereNoOtherHasIt() throws Exception {
        Requirements.azureSdkForJavaScript();
        home.run("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview")
                .orFail();
        assertThat(javaScript("flag.mjs").text()).endsWith("done\n");
        Cluster cluster = cluster("flag");
        cluster.resolve(one, two);
        SecretBecomesTrust.eachNodeRefuses(cluster, one);
        cluster.applySecret(java.util.Map.of("one.crt", Files.readAllBytes(one.certificateAuthority())));
        SecretBecomesTrust.eachNodePulls(cluster, one);
        home.run("aks", "delete", "-g", GROUP, "-n", "flag", "--yes").orFail();
    }

    private static Program.Output javaScript(String script) {
        return Program.clean()
                .with("NODE_EXTRA_CA_CERTS", status.path("caFile").asText())
                .with("CAPSTAN_ENDPOINT", status.path("endpoint").asText())
                .with("AZURE_CLIENT_ID", principal.path("clientId").asText())
                .with("AZURE_CLIENT_SECRET", principal.path("clientSecret").asText())
                .with("AZURE_SUBSCRIPTION_ID", principal.path("subscriptionId").asText())
                .with("SDK_MODULES", Requirements.javaScriptModules().toString())
                .with("RESOURCE_GROUP", GROUP)
                .run(
                        "node",
                        "--import",
                        Repository.ROOT
                                .resolve("end-to-end/javascript/modules.mjs")
                                .toString(),
                        Repository.ROOT
                                .resolve("end-to-end/javascript")
                                .resolve(script)
                                .toString(),
                        one.certificateAuthority().toString(),
                        two.certificateAuthority().toString())
                .orFail();
    }

    @Test
    void theDocumentShowsWhatIsRunHere() throws IOException {
        String document = Files.readString(Repository.ROOT.resolve("docs/azure-sdk.md"));
        String java = Files.readString(
                Repository.ROOT.resolve("end-to-end/src/test/java/dev/capstan/endtoend/AzureSdkForJava.java"));
        String shown =
                java.substring(java.indexOf("from here\n") + 10, java.indexOf("    // docs/azure-sdk.md, to here"));
        assertThat(document).contains(shown.indent(-4));
        String script = Files.readString(Repository.ROOT.resolve("end-to-end/javascript/connect.mjs"));
        assertThat(document).contains(script.substring(script.indexOf("import ")));
    }
}
