package dev.capstan.embeddedkubernetes.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest(name = "{0} with {1} ready and {2} unready: {5} allowed")
    @CsvSource(
            delimiter = '|',
            value = {
                // spec, ready, unready -> expected, desired, allowed
                "{'minAvailable':2}        | 3 | 0 | 3 | 2 | 1",
                "{'minAvailable':2}        | 2 | 1 | 3 | 2 | 0",
                "{'minAvailable':2}        | 1 | 0 | 1 | 2 | 0",
                "{'minAvailable':0}        | 1 | 0 | 1 | 0 | 1",
                "{'minAvailable':0}        | 0 | 0 | 0 | 0 | 0",
                "{'minAvailable':'50%'}    | 3 | 0 | 3 | 2 | 1",
                "{'minAvailable':'34%'}    | 3 | 0 | 3 | 2 | 1",
                "{'minAvailable':'33%'}    | 3 | 0 | 3 | 1 | 2",
                "{'minAvailable':'0%'}     | 3 | 0 | 3 | 0 | 3",
                "{'minAvailable':'100%'}   | 3 | 0 | 3 | 3 | 0",
                "{'maxUnavailable':1}      | 3 | 0 | 3 | 2 | 1",
                "{'maxUnavailable':1}      | 2 | 1 | 3 | 2 | 0",
                "{'maxUnavailable':0}      | 3 | 0 | 3 | 3 | 0",
                "{'maxUnavailable':9}      | 3 | 0 | 3 | 0 | 3",
                "{'maxUnavailable':'50%'}  | 3 | 0 | 3 | 1 | 2",
                "{'maxUnavailable':'1%'}   | 3 | 0 | 3 | 2 | 1",
                "{}                        | 3 | 0 | 0 | 0 | 0"
            })
    void countsAsTheDisruptionControllerDoes(
            String spec, int ready, int unready, int expected, int desired, int allowed) throws Exception {
        List<ObjectNode> pods = new ArrayList<>();
        for (int i = 0; i < ready + unready; i++) {
            pods.add(pod(i < ready ? "True" : "False", "Running"));
        }

        Budget budget = Budget.of(JSON.readTree(spec.replace('\'', '"')), pods);

        assertThat(budget).isEqualTo(new Budget(expected, desired, ready));
        assertThat(budget.allowed()).isEqualTo(allowed);
    }

    @Test
    void podThatIsBeingDeletedIsExpectedAndNotHealthy() throws Exception {
        ObjectNode leaving = pod("True", "Running");
        leaving.withObjectProperty("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");

        assertThat(Budget.of(JSON.readTree("{\"maxUnavailable\":1}"), List.of(leaving, pod("True", "Running"))))
                .isEqualTo(new Budget(2, 1, 1));
    }

    @Test
    void podThatHasEndedIsNotWaitedFor() throws Exception {
        assertThat(Budget.of(
                        JSON.readTree("{\"maxUnavailable\":1}"),
                        List.of(pod("False", "Succeeded"), pod("False", "Failed"), pod("True", "Running"))))
                .isEqualTo(new Budget(1, 0, 1));
    }

    private static ObjectNode pod(String ready, String phase) {
        ObjectNode pod = JSON.createObjectNode();
        pod.putObject("status")
                .put("phase", phase)
                .putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", ready);
        return pod;
    }
}
