package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The names of AKS's properties in the case that AKS writes them in. Its own decoder ignores case (it is a Go program),
 * and people rely on it: the seed page edits a body to say {@code customCaTrustCertificates}. Names that are not in this
 * list are kept as they came.
 *
 * <p>What users name themselves (tags, labels, add-ons, identities) is not touched.
 */
final class PropertyNames {

    private static final Map<String, String> CANONICAL = byLowerCase("""
            agentPoolProfiles apiServerAccessProfile addonProfiles adminUsername artifactSource autoScalerProfile
            autoUpgradeProfile availabilityZones azureKeyVaultKms azureMonitorProfile azurePortalFQDN
            bootstrapProfile clientId code count creationData currentKubernetesVersion currentOrchestratorVersion
            customCATrustCertificates defender disableLocalAccounts diskEncryptionSetID dnsPrefix dnsServiceIP
            drainTimeoutInMinutes eTag enableAutoScaling enableCustomCATrust enableEncryptionAtHost enableFIPS
            enableNodePublicIP enableRBAC enableSecureBoot enableUltraSSD enableVTPM enabled extendedLocation fqdn
            gpuInstanceProfile gpuProfile hostGroupID httpProxyConfig id identity identityProfile imageCleaner
            ingressProfile keyData kind kubeletConfig kubeletDiskType kubernetesVersion linuxOSConfig linuxProfile
            loadBalancerProfile loadBalancerSku location maxAgentPools maxBlockedNodes maxCount maxPods maxSurge
            maxUnavailable messageOfTheDay metricsProfile minCount mode name natGatewayProfile networkDataplane
            networkMode networkPlugin networkPluginMode networkPolicy networkProfile nodeImageVersion nodeLabels
            nodeOSUpgradeChannel nodeProvisioningProfile nodePublicIPPrefixID nodeResourceGroup
            nodeResourceGroupProfile nodeSoakDurationInMinutes nodeTaints objectId oidcIssuerProfile
            orchestratorVersion osDiskSizeGB osDiskType osSKU osType outboundType podCidr podCidrs
            podIdentityProfile podSubnetID powerState principalId privateFQDN privateLinkResources properties
            provisioningState proximityPlacementGroupID publicKeys publicNetworkAccess resourceId resourceUID
            scaleDownMode scaleSetEvictionPolicy scaleSetPriority securityProfile serviceCidr serviceCidrs
            serviceMeshProfile servicePrincipalProfile sku spotMaxPrice ssh storageProfile supportPlan systemData
            tags tenantId tier type undrainableNodeBehavior upgradeChannel upgradeSettings userAssignedIdentities
            virtualMachinesProfile vmSize vnetSubnetID windowsProfile workloadAutoScalerProfile
            workloadIdentity workloadRuntime""");

    /** What is below them is the user's own, and a name given twice in two cases is two names. */
    private static final Set<String> FREE = Set.of("tags", "nodeLabels", "config", "userAssignedIdentities");

    /** What is directly below them is named by the user, what is below that by AKS. */
    private static final Set<String> FREE_KEYS = Set.of("addonProfiles", "identityProfile");

    private PropertyNames() {}

    private static Map<String, String> byLowerCase(String names) {
        Map<String, String> byLowerCase = new HashMap<>();
        for (String name : names.split("\\s+", -1)) {
            byLowerCase.put(name.toLowerCase(Locale.ROOT), name);
        }
        return byLowerCase;
    }

    /** Whether this property's value is the user's own map, which is replaced and never merged. */
    static boolean isFree(String name) {
        return FREE.contains(name);
    }

    /**
     * The same object with canonical names.
     *
     * @throws ArmFailure 400 if it gives a property twice, in two cases: which one holds would be a guess
     */
    static ObjectNode canonical(ObjectNode object) {
        ObjectNode named = Json.object();
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            String given = property.getKey();
            String name = CANONICAL.getOrDefault(given.toLowerCase(Locale.ROOT), given);
            if (named.has(name)) {
                throw ArmFailure.badRequest(
                        "InvalidRequestContent",
                        "The request content was invalid: the property '" + name
                                + "' is given twice, in different case. Keep one of the two.");
            }
            named.set(name, value(name, property.getValue()));
        }
        return named;
    }

    private static JsonNode value(String name, JsonNode value) {
        if (value instanceof ObjectNode object && !FREE.contains(name)) {
            if (!FREE_KEYS.contains(name)) {
                return canonical(object);
            }
            ObjectNode named = Json.object();
            object.properties().forEach(member -> named.set(member.getKey(), value("", member.getValue())));
            return named;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode named = Json.array();
            array.forEach(item -> named.add(value("", item)));
            return named;
        }
        return value;
    }
}
