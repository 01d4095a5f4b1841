package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's own CLI, unmodified, stops, starts, upgrades and lists what clusters are made of. Machines are directories here. */
final class AzureCliPowerTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static AzureCli az;

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        Requirements.azureCli();
        home = CapstanHome.upWithDirectories(folder.resolve("home"), Repository.DISTRIBUTION);
        az = AzureCli.loggedIn(folder.resolve("az"), home);
        az.type("az group create -n rg -l local -o none").orFail();
        az.type("az aks create -g rg -n c1 --node-count 1 --no-ssh-key -o none").orFail();
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Test
    void azStopsStartsUpgradesAndListsWhatAClusterIsMadeOf() {
        String machine = machines().getFirst();
        az.type("az aks nodepool upgrade --node-image-only -g rg --cluster-name c1 -n nodepool1 -o none")
                .orFail();
        assertThat(machines()).hasSize(1).doesNotContain(machine);
        assertThat(az.print("aks machine list -g rg --cluster-name c1 --nodepool-name nodepool1", "table"))
                .contains(machines().getFirst());
        assertThat(az.print("aks nodepool get-upgrades -g rg --cluster-name c1 --nodepool-name nodepool1", "table"))
                .contains("LatestNodeImageVersion", "local-");

        az.type("az aks stop -g rg -n c1").orFail();
        assertThat(az.print("aks show -g rg -n c1 --query [provisioningState,powerState.code]", "tsv"))
                .isEqualTo("Succeeded\nStopped\n");
        assertThat(home.machines()).isEmpty();
        Program.Output refused = az.type("az aks update -g rg -n c1 --tags a=b");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text())
                .contains("(OperationNotAllowed)", "Power State(Stopped), updating cannot be performed");
        az.type("az aks start -g rg -n c1").orFail();
        assertThat(machines()).hasSize(1);
    }

    private static List<String> machines() {
        return home.machines().stream().map(one -> one.getFileName().toString()).toList();
    }
}
