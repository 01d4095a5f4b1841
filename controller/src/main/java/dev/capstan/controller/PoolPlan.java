package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ObjectNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which machines a pool shall have: a pure function of its count and of those it has recorded. A missing machine takes
 * the lowest index that no record holds, not even one that is being deleted; of too many the highest index goes first.
 * A record that is being deleted stays so: what is half gone is not called back.
 */
final class PoolPlan {

    private PoolPlan() {}

    /** The records as they shall be, by index; to be stored before anything is done to a machine. */
    static List<MachineRecord> next(String cluster, String pool, int count, List<MachineRecord> recorded) {
        List<MachineRecord> records = new ArrayList<>(recorded);
        records.sort(Comparator.comparing(MachineRecord::name));
        int alive = (int) records.stream().filter(PoolPlan::stays).count();
        for (int i = records.size() - 1; i >= 0 && alive > count; i--) {
            if (stays(records.get(i))) {
                records.set(i, new MachineRecord(records.get(i).name(), AgentPool.DELETING, null, null));
                alive--;
            }
        }
        Set<String> taken = records.stream().map(MachineRecord::name).collect(Collectors.toSet());
        for (int index = 0; alive < count; index++) {
            String name = ObjectNames.machine(cluster, pool, index);
            if (!taken.contains(name)) {
                records.add(new MachineRecord(name, AgentPool.MAKING, null, null));
                alive++;
            }
        }
        records.sort(Comparator.comparing(MachineRecord::name));
        return List.copyOf(records);
    }

    static boolean stays(MachineRecord machine) {
        return !machine.phase().equals(AgentPool.DELETING);
    }
}
