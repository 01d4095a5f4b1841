package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ObjectNames;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolPlanTest {

    @Test
    void aPoolBeginsWithTheLowestIndexes() {
        assertThat(plan(2)).containsExactly(machine(0, AgentPool.MAKING), machine(1, AgentPool.MAKING));
    }

    @Test
    void ofTooManyTheHighestIndexGoesFirst() {
        assertThat(plan(1, machine(0, AgentPool.RUNNING), machine(4, AgentPool.MAKING), machine(2, AgentPool.RUNNING)))
                .containsExactly(
                        machine(0, AgentPool.RUNNING), machine(2, AgentPool.DELETING), machine(4, AgentPool.DELETING));
    }

    @Test
    void whatIsBeingDeletedIsNotCalledBackAndItsIndexNotTaken() {
        assertThat(plan(2, machine(0, AgentPool.DELETING), machine(1, AgentPool.RUNNING)))
                .containsExactly(
                        machine(0, AgentPool.DELETING), machine(1, AgentPool.RUNNING), machine(2, AgentPool.MAKING));
    }

    @Test
    void aGapIsFilled() {
        assertThat(plan(3, machine(0, AgentPool.RUNNING), machine(2, AgentPool.RUNNING)))
                .containsExactly(
                        machine(0, AgentPool.RUNNING), machine(1, AgentPool.MAKING), machine(2, AgentPool.RUNNING));
    }

    @Test
    void aPlanThatIsReachedStaysAsItIs() {
        List<MachineRecord> reached = plan(3);
        assertThat(PoolPlan.next("c", "p", 3, reached)).isEqualTo(reached);
        assertThat(plan(0)).isEmpty();
    }

    @Test
    void indexesBeyondNineAreOrderedToo() {
        assertThat(plan(40)).isEqualTo(plan(40, plan(37).toArray(MachineRecord[]::new)));
        assertThat(plan(40))
                .extracting(MachineRecord::name)
                .doesNotHaveDuplicates()
                .isSorted();
    }

    private static List<MachineRecord> plan(int count, MachineRecord... recorded) {
        return PoolPlan.next("c", "p", count, Arrays.asList(recorded));
    }

    private static MachineRecord machine(int index, String phase) {
        return new MachineRecord(ObjectNames.machine("c", "p", index), phase, null, null);
    }
}
