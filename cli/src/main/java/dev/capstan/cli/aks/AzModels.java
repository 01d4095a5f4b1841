package dev.capstan.cli.aks;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What az prints of each object: its members, as the models of azure-mgmt-containerservice 2025-03-01 name them (their snake
 * case in camel case), each with the model of the object it holds.
 *
 * <p>A text in a class and no file: a start-up cache keeps it, and no jar is opened for it. Of its lines, one for each model,
 * only those are taken apart that are asked for.
 */
final class AzModels {

    /** A model's name and its members; {@code member:Model} holds such an object, {@code member:{Model}} such objects by name. */
    private static final String LINES = """

            ManagedCluster id name type systemData tags location eTag sku:ManagedClusterSKU extendedLocation \
            identity:ManagedClusterIdentity provisioningState powerState:PowerState maxAgentPools kubernetesVersion \
            currentKubernetesVersion dnsPrefix fqdnSubdomain fqdn privateFqdn azurePortalFqdn \
            agentPoolProfiles:ManagedClusterAgentPoolProfile linuxProfile:ContainerServiceLinuxProfile \
            windowsProfile:ManagedClusterWindowsProfile servicePrincipalProfile:ManagedClusterServicePrincipalProfile \
            addonProfiles:{ManagedClusterAddonProfile} podIdentityProfile oidcIssuerProfile:ManagedClusterOIDCIssuerProfile \
            nodeResourceGroup nodeResourceGroupProfile:ManagedClusterNodeResourceGroupProfile enableRbac supportPlan \
            networkProfile:ContainerServiceNetworkProfile aadProfile autoUpgradeProfile:ManagedClusterAutoUpgradeProfile \
            upgradeSettings autoScalerProfile apiServerAccessProfile diskEncryptionSetId \
            identityProfile:{UserAssignedIdentity} privateLinkResources disableLocalAccounts httpProxyConfig \
            securityProfile:ManagedClusterSecurityProfile storageProfile:ManagedClusterStorageProfile ingressProfile \
            publicNetworkAccess workloadAutoScalerProfile:ManagedClusterWorkloadAutoScalerProfile azureMonitorProfile \
            serviceMeshProfile resourceUid metricsProfile:ManagedClusterMetricsProfile \
            bootstrapProfile:ManagedClusterBootstrapProfile
            AgentPool id name type eTag count vmSize osDiskSizeGb osDiskType kubeletDiskType workloadRuntime messageOfTheDay \
            vnetSubnetId podSubnetId maxPods osType osSku maxCount minCount enableAutoScaling scaleDownMode \
            typePropertiesType mode orchestratorVersion currentOrchestratorVersion nodeImageVersion \
            upgradeSettings:AgentPoolUpgradeSettings provisioningState powerState:PowerState availabilityZones \
            enableNodePublicIp nodePublicIpPrefixId scaleSetPriority scaleSetEvictionPolicy spotMaxPrice tags nodeLabels \
            nodeTaints proximityPlacementGroupId kubeletConfig linuxOsConfig enableEncryptionAtHost enableUltraSsd \
            enableFips gpuInstanceProfile creationData capacityReservationGroupId hostGroupId \
            networkProfile:AgentPoolNetworkProfile windowsProfile securityProfile:AgentPoolSecurityProfile gpuProfile
            ManagedClusterAgentPoolProfile eTag count vmSize osDiskSizeGb osDiskType kubeletDiskType workloadRuntime \
            messageOfTheDay vnetSubnetId podSubnetId maxPods osType osSku maxCount minCount enableAutoScaling scaleDownMode \
            type mode orchestratorVersion currentOrchestratorVersion nodeImageVersion \
            upgradeSettings:AgentPoolUpgradeSettings provisioningState powerState:PowerState availabilityZones \
            enableNodePublicIp nodePublicIpPrefixId scaleSetPriority scaleSetEvictionPolicy spotMaxPrice tags nodeLabels \
            nodeTaints proximityPlacementGroupId kubeletConfig linuxOsConfig enableEncryptionAtHost enableUltraSsd \
            enableFips gpuInstanceProfile creationData capacityReservationGroupId hostGroupId \
            networkProfile:AgentPoolNetworkProfile windowsProfile securityProfile:AgentPoolSecurityProfile gpuProfile name
            ManagedClusterSKU name tier
            ManagedClusterIdentity principalId tenantId type delegatedResources userAssignedIdentities
            PowerState code
            ContainerServiceLinuxProfile adminUsername ssh:ContainerServiceSshConfiguration
            ManagedClusterWindowsProfile adminUsername adminPassword licenseType enableCsiProxy gmsaProfile
            ManagedClusterServicePrincipalProfile clientId secret
            ManagedClusterAddonProfile enabled config identity
            ManagedClusterOIDCIssuerProfile issuerUrl enabled
            ManagedClusterNodeResourceGroupProfile restrictionLevel
            ContainerServiceNetworkProfile networkPlugin networkPluginMode networkPolicy networkMode networkDataplane \
            advancedNetworking podCidr serviceCidr dnsServiceIp outboundType loadBalancerSku \
            loadBalancerProfile:ManagedClusterLoadBalancerProfile natGatewayProfile podCidrs serviceCidrs ipFamilies
            ManagedClusterAutoUpgradeProfile upgradeChannel nodeOsUpgradeChannel
            UserAssignedIdentity resourceId clientId objectId
            ManagedClusterSecurityProfile defender azureKeyVaultKms:AzureKeyVaultKms \
            workloadIdentity:ManagedClusterSecurityProfileWorkloadIdentity \
            imageCleaner:ManagedClusterSecurityProfileImageCleaner customCaTrustCertificates
            ManagedClusterStorageProfile diskCsiDriver:ManagedClusterStorageProfileDiskCSIDriver \
            fileCsiDriver:ManagedClusterStorageProfileFileCSIDriver \
            snapshotController:ManagedClusterStorageProfileSnapshotController \
            blobCsiDriver:ManagedClusterStorageProfileBlobCSIDriver
            ManagedClusterWorkloadAutoScalerProfile keda verticalPodAutoscaler
            ManagedClusterMetricsProfile costAnalysis:ManagedClusterCostAnalysis
            ManagedClusterBootstrapProfile artifactSource containerRegistryId
            AgentPoolUpgradeSettings maxSurge maxUnavailable drainTimeoutInMinutes nodeSoakDurationInMinutes \
            undrainableNodeBehavior
            AgentPoolNetworkProfile nodePublicIpTags allowedHostPorts applicationSecurityGroups
            AgentPoolSecurityProfile enableVtpm enableSecureBoot
            ContainerServiceSshConfiguration publicKeys:ContainerServiceSshPublicKey
            ManagedClusterLoadBalancerProfile managedOutboundIPs outboundIpPrefixes outboundIPs effectiveOutboundIPs \
            allocatedOutboundPorts idleTimeoutInMinutes enableMultipleStandardLoadBalancers backendPoolType
            AzureKeyVaultKms enabled keyId keyVaultNetworkAccess keyVaultResourceId
            ManagedClusterSecurityProfileWorkloadIdentity enabled
            ManagedClusterSecurityProfileImageCleaner enabled intervalHours
            ManagedClusterStorageProfileDiskCSIDriver enabled
            ManagedClusterStorageProfileFileCSIDriver enabled
            ManagedClusterStorageProfileSnapshotController enabled
            ManagedClusterStorageProfileBlobCSIDriver enabled
            ManagedClusterCostAnalysis enabled
            ContainerServiceSshPublicKey keyData
            ManagedClusterUpgradeProfile id name type controlPlaneProfile:ManagedClusterPoolUpgradeProfile \
            agentPoolProfiles:ManagedClusterPoolUpgradeProfile
            ManagedClusterPoolUpgradeProfile kubernetesVersion name osType upgrades:UpgradesItem
            AgentPoolUpgradeProfile id name type kubernetesVersion osType upgrades:UpgradesItem latestNodeImageVersion
            UpgradesItem kubernetesVersion isPreview
            Machine id name type properties:MachineProperties
            MachineProperties network:MachineNetworkProperties resourceId
            MachineNetworkProperties ipAddresses:MachineIpAddress
            MachineIpAddress family ip
            KubernetesVersionListResult values:KubernetesVersion
            KubernetesVersion version capabilities:KubernetesVersionCapabilities isDefault isPreview \
            patchVersions:{KubernetesPatchVersion}
            KubernetesVersionCapabilities supportPlan
            KubernetesPatchVersion upgrades
            """;

    private static final Map<String, Map<String, String>> READ = new HashMap<>();

    private AzModels() {}

    /** The members of a model, each with what it holds: a model, a model in braces, or nothing that az names. None of an unknown model. */
    static Map<String, String> members(String model) {
        return READ.computeIfAbsent(model, AzModels::read);
    }

    private static Map<String, String> read(String model) {
        var begin = LINES.indexOf("\n" + model + " ");
        if (begin < 0) {
            return Map.of();
        }
        var members = new LinkedHashMap<String, String>();
        var words = LINES.substring(begin + 1, LINES.indexOf('\n', begin + 1)).split(" ", -1);
        for (var word = 1; word < words.length; word++) {
            var colon = words[word].indexOf(':');
            members.put(
                    colon < 0 ? words[word] : words[word].substring(0, colon),
                    colon < 0 ? "" : words[word].substring(colon + 1));
        }
        return members;
    }
}
