package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a control plane that a cluster is attached to asks of a node, besides its list: annotations of its NodeTrust. The
 * cluster's own controller takes them up together with what its own pools ask for; either is enough for each rule. So the
 * members of the spec keep one writer.
 *
 * @param probes endpoints that prove the node's trust
 * @param removalGuard whether the node takes up the Secret only as the removal guard lets it
 * @param restartNever whether its runtime may not be restarted
 * @param listTold UID of the Node whose list was said, be it that there is none; null where nothing was said of a list
 */
record AskedFromOutside(
        List<String> probes,
        boolean removalGuard,
        boolean restartNever,
        @Nullable String listTold) {

    static final AskedFromOutside NOTHING = new AskedFromOutside(List.of(), false, false, null);

    /**
     * What a pool's rules ask for.
     *
     * @param rules null asks for nothing
     * @param listTold UID of the Node that has been told its list; null where none has
     */
    static AskedFromOutside of(@Nullable TrustRules rules, @Nullable String listTold) {
        return new AskedFromOutside(
                rules == null ? List.of() : rules.probes(),
                rules != null && rules.removalGuard(),
                rules != null && AgentPool.RESTART_NEVER.equals(rules.runtimeRestart()),
                listTold);
    }

    /** What stands on a NodeTrust; null asks for nothing. */
    static AskedFromOutside of(@Nullable NodeTrustObject trust) {
        return new AskedFromOutside(
                NodeTrusts.probesNamedBy(trust),
                Names.ENABLED.equals(Manifests.annotation(trust, Names.REMOVAL_GUARD_ANNOTATION)),
                Names.NEVER.equals(Manifests.annotation(trust, Names.RUNTIME_RESTARTS_ANNOTATION)),
                Manifests.annotation(trust, Names.LIST_TOLD_ANNOTATION));
    }

    /** As a merge patch writes it: what is not asked for is taken away. */
    Map<String, @Nullable Object> annotations() {
        return Json.object(
                Names.PROBE_ANNOTATION, probes.isEmpty() ? null : String.join(",", probes),
                Names.REMOVAL_GUARD_ANNOTATION, removalGuard ? Names.ENABLED : null,
                Names.RUNTIME_RESTARTS_ANNOTATION, restartNever ? Names.NEVER : null,
                Names.LIST_TOLD_ANNOTATION, listTold);
    }
}
