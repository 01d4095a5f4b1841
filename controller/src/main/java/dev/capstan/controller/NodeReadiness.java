package dev.capstan.controller;

import dev.capstan.machines.Machine;
import org.jspecify.annotations.Nullable;

/** Whether a node without a kubelet is ready: its machine runs and its agent renews its Lease. */
final class NodeReadiness {

    private NodeReadiness() {}

    /** The Node condition {@code Ready}. */
    static Verdict of(Machine.@Nullable State machine, AgentContact contact) {
        if (machine == null) {
            return Verdict.no("MachineMissing", "the machine is not there; it is made again");
        }
        return switch (machine) {
            case MAKING -> Verdict.no("MachineNotMade", "the machine is being made");
            case STOPPED -> Verdict.no("MachineStopped", "the machine does not run; it is booted again");
            case DELETING -> Verdict.no("MachineDeleting", "the machine is being deleted");
            case RUNNING -> ofAgent(contact);
        };
    }

    private static Verdict ofAgent(AgentContact contact) {
        return switch (contact) {
            case AgentContact.Alive _ -> Verdict.yes("AgentReady", "the agent renews its Lease");
            case AgentContact.Never _ ->
                Verdict.no("AgentNotStarted", "the machine runs; its agent has not yet reached the API");
            case AgentContact.Silent silent ->
                Verdict.unknown(
                        "AgentSilent",
                        "the machine runs, but its agent has not renewed its Lease since " + silent.since()
                                + "; it is given a fresh credential");
        };
    }
}
