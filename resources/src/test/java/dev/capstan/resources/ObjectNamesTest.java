package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObjectNamesTest {

    private static final String ID =
            "/subscriptions/0000/resourceGroups/My_Group/providers/Microsoft.ContainerService/managedClusters/My_Cluster.1";

    @Test
    void armIdsThatDifferInCaseAloneAreOneObject() {
        assertThat(ObjectNames.ofArmId(ID)).isEqualTo(ObjectNames.ofArmId(ID.toUpperCase(java.util.Locale.ROOT)));
    }

    @Test
    void objectNamesAreReadableAndValid() {
        assertThat(ObjectNames.ofArmId(ID)).matches("my-cluster-1-[0-9a-f]{10}");
        assertThat(ObjectNames.ofArmId("/a/__")).matches("x-[0-9a-f]{10}");
        assertThat(ObjectNames.ofArmId("/a/" + "n".repeat(90))).hasSize(51);
    }

    @Test
    void clustersOfTheSameNameInTwoGroupsAreTwoObjects() {
        assertThat(ObjectNames.ofArmId(ID)).isNotEqualTo(ObjectNames.ofArmId(ID.replace("My_Group", "Other")));
    }

    @Test
    void machineNamesAreAsOnAks() {
        assertThat(ObjectNames.machine("c-0123456789", "nodepool1", 37)).matches("aks-nodepool1-\\d{8}-vmss000011");
        assertThat(ObjectNames.machine("c", "MyPool", 0)).startsWith("aks-mypool-");
    }

    @Test
    void machineIndexIsReadBackOnlyFromNamesOfThatClusterAndPool() {
        String name = ObjectNames.machine("c", "p", 46_656);
        assertThat(ObjectNames.machineIndex("c", "p", name)).hasValue(46_656);
        assertThat(ObjectNames.machineIndex("d", "p", name)).isEmpty();
        assertThat(ObjectNames.machineIndex("c", "q", name)).isEmpty();
        assertThat(ObjectNames.machineIndex("c", "p", name.replace("vmss0010", "vmss-010")))
                .isEmpty();
    }
}
