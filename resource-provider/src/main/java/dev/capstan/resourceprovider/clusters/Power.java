package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.Operation;
import java.util.List;

/**
 * Clusters stopped and started. A stopped cluster keeps its API and everything in it but its machines; started, it gets
 * new ones, born with the list as ever. While it is stopped only starting and deleting it is taken.
 */
final class Power {

    private final Management management;
    private final Clusters clusters;
    private final AttachedRules attached;
    private final Operations operations;

    Power(Management management, Clusters clusters, AttachedRules attached, Operations operations) {
        this.management = management;
        this.clusters = clusters;
        this.attached = attached;
        this.operations = operations;
    }

    List<Route> routes() {
        String one = "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                + "/managedclusters/{cluster}";
        return List.of(
                Route.cluster("POST", one + "/stop", call -> turn(call, true)),
                Route.cluster("POST", one + "/start", call -> turn(call, false)));
    }

    private ArmAnswer turn(Call call, boolean off) {
        return management.commit(() -> {
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
            Preconditions.check(call.request(), cluster.eTag());
            attached.refuse(cluster.spec(), off ? "stopped" : "started");
            ClusterState state = new ClusterState(cluster);
            String kind = off ? ClusterState.STOP : ClusterState.START;
            Operation running = cluster.spec().operation();
            if (running != null && state.isUnderWay(kind, null)) {
                return operations.accepted(call, cluster.spec(), running.id());
            }
            state.checkIdle();
            if (cluster.spec().isStopped() == off && state.provisioningState().equals("Succeeded")) {
                throw state.powerRefused(
                        off ? "stopping" : "starting", off ? "It is stopped already." : "It runs already.");
            }
            Operation operation = clusters.begin(kind, null);
            clusters.replace(cluster, cluster.spec().powered(off, operation));
            return operations.accepted(call, cluster.spec(), operation.id());
        });
    }
}
