package dev.capstan.controller;

import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.util.List;

/**
 * What the credential of an attached cluster has to be allowed, and all that is ever asked with it: it reads nodes, makes
 * and deletes certificate sets, and tells NodeTrusts. It sees no Secret, touches no Node, no pod, no right.
 */
public final class AttachedRights {

    private AttachedRights() {}

    /** In the whole cluster. */
    public static List<Rule> onCluster() {
        return List.of(
                new Rule("", "nodes", List.of(), List.of("list", "watch")),
                new Rule("", "namespaces", List.of(Names.SECRET_NAMESPACE), List.of("get")),
                new Rule(Names.GROUP, NodeTrust.PLURAL, List.of(), List.of("get", "list", "watch", "patch")),
                new Rule(Names.GROUP, CertificateSets.PLURAL, List.of(), List.of("get", "list", "create", "delete")));
    }

    /** In Capstan's namespace. */
    public static List<Rule> onSystemNamespace() {
        return List.of(new Rule("", "configmaps", List.of(), List.of("get", "create", "delete")));
    }
}
