package dev.capstan.resourceprovider.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether a caller may do what she asks, before anything that could tell of the resource:
 *
 * <ul>
 *   <li>reading needs {@link Role#READER} at the scope of the path, writing {@link Role#CONTRIBUTOR}, unless the route
 *       says that it needs more;
 *   <li>what the subscription itself shows, and lists, are open to whoever has a role anywhere below; the lists'
 *       handlers leave out what she may not read;
 *   <li>a path without a subscription is open to every caller.
 * </ul>
 */
final class Authorization {

    /** ARM writes these words so; templates have them in lower case. */
    private static final List<String> WORDS = List.of(
            "Microsoft.ContainerService",
            "Microsoft.Features",
            "Microsoft.Resources",
            "managedClusters",
            "agentPools",
            "resourceGroups",
            "operationResults",
            "upgradeProfiles",
            "kubernetesVersions",
            "listClusterUserCredential",
            "listClusterAdminCredential",
            "availableAgentPoolVersions",
            "upgradeNodeImageVersion");

    private Authorization() {}

    /**
     * Nothing happens where it is allowed.
     *
     * @throws ArmFailure 403 in ARM's words if it is not
     */
    static void check(Route route, ArmRequest request, Map<String, String> variables) {
        Optional<AccessScope> scope = AccessScope.of(variables);
        if (scope.isEmpty()) {
            return;
        }
        Caller caller = request.caller();
        boolean openBelow = route.isRead() && (scope.get().group() == null || route.isList());
        boolean allowed = (openBelow && route.needs() == Role.READER)
                ? caller.hasAnyRoleIn(scope.get())
                : caller.may(route.needs(), scope.get());
        if (!allowed) {
            throw refused(caller, action(route), request.shownPath());
        }
    }

    /** ARM's words for it. */
    static ArmFailure refused(Caller caller, String action, String scope) {
        return ArmFailure.of(
                403,
                "AuthorizationFailed",
                "The client '" + caller.name() + "' with object id '" + caller.name()
                        + "' does not have authorization to perform action '" + action + "' over scope '" + scope
                        + "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
    }

    /** What a route does, as Azure's roles name it: {@code Microsoft.ContainerService/managedClusters/write}. */
    static String action(Route route) {
        List<String> template = route.template();
        int providers = template.lastIndexOf("providers");
        boolean hasNamespace =
                providers >= 0 && providers + 1 < template.size() && !isVariable(template.get(providers + 1));
        List<String> words = new ArrayList<>();
        if (!hasNamespace) {
            words.add("microsoft.resources");
        }
        for (String segment : template.subList(hasNamespace ? providers + 1 : 0, template.size())) {
            if (!isVariable(segment)) {
                words.add(segment);
            }
        }
        words.add(
                switch (route.method()) {
                    case "GET", "HEAD" -> "read";
                    case "DELETE" -> "delete";
                    case "POST" -> "action";
                    default -> "write";
                });
        return String.join("/", words.stream().map(Authorization::written).toList());
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }

    private static String written(String segment) {
        return WORDS.stream().filter(segment::equalsIgnoreCase).findFirst().orElse(segment);
    }
}
