package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.Json;

/** What can be done with the provider's resources, as ARM lists it (ARM RPC, "Operations API"). */
final class Rights {

    private static final String ALL = """
            managedClusters/read                                  Get a managed cluster
            managedClusters/write                                 Create or update a managed cluster
            managedClusters/delete                                Delete a managed cluster
            managedClusters/start/action                          Start a managed cluster
            managedClusters/stop/action                           Stop a managed cluster
            managedClusters/abort/action                          Abort the latest operation of a managed cluster
            managedClusters/listClusterAdminCredential/action     List the cluster administrator's credential
            managedClusters/listClusterUserCredential/action      List the cluster user's credential
            managedClusters/upgradeProfiles/read                  Get the upgrade profile of a managed cluster
            managedClusters/availableAgentPoolVersions/read       List the versions for agent pools
            managedClusters/operations/read                       Get the operations of a managed cluster
            managedClusters/agentPools/operations/read            Get an operation of an agent pool
            managedClusters/agentPools/read                       Get an agent pool
            managedClusters/agentPools/write                      Create or update an agent pool
            managedClusters/agentPools/delete                     Delete an agent pool
            managedClusters/agentPools/abort/action               Abort the latest operation of an agent pool
            managedClusters/agentPools/upgradeNodeImageVersion/action  Upgrade the node image of an agent pool
            managedClusters/agentPools/upgradeProfiles/read       Get the upgrade profile of an agent pool
            managedClusters/agentPools/machines/read              Get the machines of an agent pool
            locations/operations/read                             Get an operation
            locations/operationresults/read                       Get the result of an operation
            locations/kubernetesVersions/read                     List Kubernetes versions
            register/action                                       Register the subscription
            unregister/action                                     Unregister the subscription
            """;

    private Rights() {}

    static ArmAnswer list() {
        ArrayNode all = Json.array();
        ALL.lines().forEach(line -> {
            String[] words = line.strip().split("\\s{2,}", 2);
            ObjectNode one = all.addObject()
                    .put("name", Scope.CONTAINER_SERVICE + "/" + words[0])
                    .put("isDataAction", false);
            one.putObject("display")
                    .put("provider", "Capstan")
                    .put(
                            "resource",
                            words[0].contains("/") ? words[0].substring(0, words[0].lastIndexOf('/')) : words[0])
                    .put("operation", words[1])
                    .put("description", words[1]);
        });
        return ArmAnswer.ok(Json.object().set("value", all));
    }
}
