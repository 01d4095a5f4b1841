package dev.capstan.cli.aks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {

    /** The rule in one expression: a run of capitals, but for the one that begins the next word. */
    private static final Pattern RUN = Pattern.compile("(?<=[a-z0-9])([A-Z])([A-Z]+)(?=[A-Z][a-z]|$|[0-9])");

    @ParameterizedTest
    @CsvSource({
        "customCATrustCertificates, customCaTrustCertificates",
        "vnetSubnetID, vnetSubnetId",
        "osDiskSizeGB, osDiskSizeGb",
        "enableFIPS, enableFips",
        "currentKubernetesVersion, currentKubernetesVersion",
        "networkIPv6s, networkIPv6s",
        "a, a",
        "'', ''",
    })
    void runsOfCapitalsInANameAreLoweredAsAzDoes(String wire, String az) {
        assertThat(Shape.name(wire)).isEqualTo(az);
    }

    @Test
    void everyNameIsWhatTheExpressionMakesOfIt() {
        var random = new Random(1);
        for (var round = 0; round < 100_000; round++) {
            var wire = random.ints(random.nextInt(1, 12), 0, 9)
                    .mapToObj(letter -> "abABCDx1_".substring(letter, letter + 1))
                    .collect(Collectors.joining());
            var az = RUN.matcher(wire)
                    .replaceAll(run -> run.group(1) + run.group(2).toLowerCase(Locale.ROOT));
            assertThat(Shape.name(wire)).as(wire).isEqualTo(az);
        }
    }

    @Test
    void aModelHasItsMembersWithWhatTheyHold() {
        assertThat(AzModels.members("ManagedCluster"))
                .containsEntry("identity", "ManagedClusterIdentity")
                .containsEntry("location", "")
                .containsEntry("agentPoolProfiles", "ManagedClusterAgentPoolProfile");
        assertThat(AzModels.members("ManagedClusterSecurityProfile")).containsKey("customCaTrustCertificates");
        assertThat(AzModels.members("ManagedClus")).isEmpty();
        assertThat(AzModels.members("Another")).isEmpty();
    }
}
