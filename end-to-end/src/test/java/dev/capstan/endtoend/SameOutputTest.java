package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * {@code capstan} beside Azure's own CLI, unmodified, on the same server: the same command line prints the same and ends
 * alike. What differs on purpose is taken away before it is compared, and named here.
 */
@Execution(ExecutionMode.CONCURRENT)
final class SameOutputTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Clusters and pools, and what is around them. */
    private static final List<String> READING = List.of(
            "aks show -g rg -n one",
            "aks list",
            "aks list -g rg",
            "aks nodepool show -g rg --cluster-name one -n nodepool1",
            "aks nodepool list -g rg --cluster-name one",
            "aks nodepool get-upgrades -g rg --cluster-name one --nodepool-name nodepool1",
            "aks get-upgrades -g rg -n one",
            "aks get-versions -l local",
            "aks get-versions --location local --query values[].version",
            "aks machine list -g rg --cluster-name one --nodepool-name nodepool1",
            "aks machine show -g rg --cluster-name one --nodepool-name nodepool1 --machine-name MACHINE",
            "group show -n rg",
            "group list",
            "group exists -n rg",
            "feature show --namespace Microsoft.ContainerService --name CustomCATrustPreview",
            "feature list",
            "provider show --namespace Microsoft.ContainerService",
            "account list",
            "aks show -g rg -n one --query agentPoolProfiles[].{Name:name,Count:count,Mode:mode}",
            "aks list --query [].[name,location]",
            "aks show -g rg -n one --query enableRbac");

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static AzureCli first;

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        Requirements.azureCli();
        home = CapstanHome.upWithDirectories(folder.resolve("home"), Repository.DISTRIBUTION);
        first = AzureCli.loggedIn(folder.resolve("az"), home);
        CertificateFiles files = CertificateFiles.with(Files.createDirectories(folder.resolve("files")), 11);
        Files.write(first.file("two"), files.good("as the page wants it"));
        for (CertificateFiles.Bad bad : files.bad()) {
            Files.write(first.file(bad.name()), bad.content());
        }
        home.run("group", "create", "-n", "rg", "-l", "westeurope").orFail();
        for (String name : List.of("one", "two")) {
            home.run("aks", "create", "-g", "rg", "-n", name, "--node-count", "1", "--no-ssh-key")
                    .orFail();
        }
    }

    @AfterAll
    static void down() {
        home.close();
    }

    /** All that is read, with the name of the one machine that there is. */
    private static List<String> reading() {
        String machine = capstan(
                        "aks machine list -g rg --cluster-name one --nodepool-name nodepool1 --query [0].name -o tsv")
                .strip();
        return READING.stream()
                .map(command -> command.replace("MACHINE", machine))
                .toList();
    }

    @Test
    void treesHoldTheSameValues() throws Exception {
        AzureCli az = first.another("trees");
        for (String command : reading()) {
            String printed = az.print(command, "json");
            assertThat(tree(capstan(command + " -o json"))).as(command).isEqualTo(tree(printed));
        }
        for (String command : List.of(
                "aks show -g rg -n one",
                "group list",
                "aks get-versions -l local",
                "aks machine list -g rg --cluster-name one --nodepool-name nodepool1")) {
            assertThat(capstan(command + " -o jsonc").lines().filter(line -> !line.contains("enableCustomCaTrust")))
                    .as(command)
                    .containsExactlyElementsOf(
                            az.print(command, "jsonc").lines().toList());
            for (String format : List.of("yaml", "yamlc")) {
                assertThat(capstan(command + " -o " + format)
                                .lines()
                                .filter(line -> !line.contains("enableCustomCaTrust")))
                        .as(command + " " + format)
                        .containsExactlyElementsOf(
                                az.print(command, format).lines().toList());
            }
            assertThat(capstan(command + " -o none"))
                    .isEqualTo(az.print(command, "none"))
                    .isEmpty();
        }
    }

    @Test
    void tablesAreTheSameText() throws Exception {
        AzureCli az = first.another("tables");
        for (String command : reading()) {
            assertThat(capstan(command + " -o table")).as(command).isEqualTo(az.print(command, "table"));
            // The preview's property stands last, where it is in nobody's way.
            String tsv = capstan(command + " -o tsv");
            assertThat(command.startsWith("aks nodepool") ? tsv.replace("\tFalse\n", "\n") : tsv)
                    .as(command)
                    .isEqualTo(az.print(command, "tsv"));
        }
    }

    @Test
    void aListOfCertificatesIsThePemTextInBoth() throws Exception {
        AzureCli az = first.another("list");
        JsonNode byAz = az.json("aks", "update", "-g", "rg", "-n", "two", "--ca-certs", "two");
        JsonNode byCapstan = tree(capstan("aks update -g rg -n two --ca-certs " + first.file("two")));
        assertThat(byCapstan.at("/securityProfile/customCaTrustCertificates")).hasSize(2);
        // Written by the one or by the other, and printed by the one and the other.
        assertThat(unversioned(byCapstan)).isEqualTo(unversioned(tree(byAz.toString())));
        String shown = "aks show -g rg -n two";
        assertThat(capstan(shown + " | grep securityProfile -A 4"))
                .isEqualTo(
                        az.type("az " + shown + " | grep securityProfile -A 4").text());
        String query = shown + " --query securityProfile.customCaTrustCertificates";
        assertThat(capstan(query + " -o json")).isEqualTo(az.print(query, "json"));
        // az dies of the certificates in YAML; capstan prints them.
        assertThat(az.type("az " + shown + " -o yaml").text()).contains("bytearray is not JSON serializable");
        assertThat(new Load(LoadSettings.builder().build())
                        .loadFromString(capstan(shown + " -o yaml"))
                        .toString())
                .contains("-----BEGIN CERTIFICATE-----");

        JsonNode pool = az.json(
                "aks", "nodepool", "update", "-g", "rg", "--cluster-name", "two", "-n", "nodepool1", "--labels", "a=b");
        JsonNode same = tree(capstan("aks nodepool update -g rg --cluster-name two -n nodepool1 --labels a=b"));
        assertThat(unversioned(same)).isEqualTo(unversioned(pool));
    }

    @Test
    void whatFailsFailsAlike() throws Exception {
        AzureCli az = first.another("failures");
        List<String> differ = new ArrayList<>();
        for (String command : List.of(
                "aks show -g rg -n none",
                "aks show -g none -n none",
                "group show -n none",
                "aks nodepool show -g rg --cluster-name one -n none",
                "aks nodepool add -g rg --cluster-name one -n nodepool1",
                "aks create -g rg -n one --no-ssh-key",
                "aks create -g none -n new --no-ssh-key",
                "aks update -g rg -n one --ca-certs nope.pem",
                "aks update -g rg -n one --ca-certs eleven",
                "aks update -g rg -n one --tags a=b --if-match other",
                "aks nodepool update -g rg --cluster-name one -n nodepool1 --labels a=b --if-match other",
                "aks get-versions",
                "aks get-upgrades -g rg -n none",
                "aks nodepool get-upgrades -g rg --cluster-name one -n none",
                "aks machine list -g rg --cluster-name one --nodepool-name none",
                "aks machine list -g rg --cluster-name one",
                "aks machine show -g rg --cluster-name one --nodepool-name nodepool1 --machine-name none",
                "aks delete -g rg -n none --yes",
                "aks operation-abort -g rg -n one",
                "aks get-credentials -g rg -n none --file kubeconfig",
                "feature show --namespace Microsoft.ContainerService --name None",
                "rest --method get --url /subscriptions?api-version=1999-01-01",
                "aks show -n one",
                "aks show",
                "aks show -g rg -n one --no-such-option")) {
            Program.Output byAz = az.run(command.split(" ", -1));
            Program.Output byCapstan = run(command);
            if (byAz.exit() != byCapstan.exit() || !error(byAz).equals(error(byCapstan))) {
                differ.add(command + "\n  az " + byAz.exit() + ": " + error(byAz) + "\n  capstan " + byCapstan.exit()
                        + ": " + error(byCapstan));
            }
        }
        assertThat(differ).isEmpty();
    }

    private static final Pattern ERROR = Pattern.compile("(?m)^ERROR: (?!Error loading)(.*)$");

    private static String error(Program.Output output) {
        Matcher error = ERROR.matcher(output.text());
        return error.find() ? error.group(1).replace("capstan", "az") : "";
    }

    /** What capstan prints in the folder of az's first user, without what it says beside. */
    private static String capstan(String command) {
        return shell("capstan " + command.replace(" | ", " 2>/dev/null | ") + " 2>/dev/null")
                .text();
    }

    private static Program.Output run(String command) {
        return shell("capstan " + command);
    }

    private static Program.Output shell(String command) {
        String quoted = command.replaceAll("(?<= )(\\S*[\\[{?]\\S*)", "'$1'");
        return Program.clean()
                .with("CAPSTAN_HOME", home.folder().toString())
                .with("PATH", Repository.DISTRIBUTION.resolve("bin") + ":/usr/bin:/bin")
                .run("sh", "-c", "cd " + first.file("") + " && " + quoted);
    }

    /** What was printed, without what differs on purpose: the preview's property, and who is logged in. */
    private static JsonNode tree(String printed) throws IOException {
        JsonNode tree = printed.isEmpty() ? JSON.missingNode() : JSON.readTree(printed);
        tree.findParents("enableCustomCaTrust").forEach(parent -> ((ObjectNode) parent).remove("enableCustomCaTrust"));
        tree.findParents("user").forEach(parent -> ((ObjectNode) parent).remove("user"));
        return tree;
    }

    /** Without what every write changes, and white space around a certificate, which az cuts another way than capstan. */
    private static JsonNode unversioned(JsonNode resource) {
        resource.findParents("eTag").forEach(parent -> ((ObjectNode) parent).remove("eTag"));
        if (resource.at("/securityProfile/customCaTrustCertificates") instanceof ArrayNode list) {
            for (int entry = 0; entry < list.size(); entry++) {
                list.set(entry, list.get(entry).asText().strip());
            }
        }
        return resource;
    }
}
