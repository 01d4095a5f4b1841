package dev.capstan.resources;

import dev.capstan.resources.AgentPool.TrustRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the tags of a managed cluster or an agent pool ask for. Names of tags have no case, as in Azure. What cannot be
 * read is a fault, which ARM refuses; past ARM it counts for nothing.
 *
 * @param probes endpoints that nodes prove their trust with
 * @param removalGuard whether a removal that takes a CA from under a proven endpoint is held back
 * @param override fingerprint of the list that is wanted although the guard stands against it; absent where there is none
 * @param restartNever whether no runtime may be restarted
 * @param faults what is wrong with them, each with the tag's name
 */
public record TrustTags(
        ProbeEndpoints probes,
        boolean removalGuard,
        @Nullable String override,
        boolean restartNever,
        List<String> faults) {

    private static final Pattern FINGERPRINT = Pattern.compile("v1:[0-9a-f]{64}");

    public TrustTags {
        faults = List.copyOf(faults);
    }

    /**
     * Reads the tags.
     *
     * @param arm ARM properties as they are kept, with the member {@code tags}; null where there are none
     */
    public static TrustTags of(@Nullable Map<String, Object> arm) {
        Map<?, ?> tags = arm != null && arm.get("tags") instanceof Map<?, ?> map ? map : Map.of();
        List<String> faults = new ArrayList<>();
        ProbeEndpoints probes =
                value(tags, Names.PROBE_TAG).map(ProbeEndpoints::read).orElse(ProbeEndpoints.none());
        probes.faults().forEach(fault -> faults.add("tag " + Names.PROBE_TAG + ": " + fault));
        String guard = value(tags, Names.REMOVAL_GUARD_TAG).orElse("false");
        if (!guard.equalsIgnoreCase("true") && !guard.equalsIgnoreCase("false")) {
            faults.add("tag " + Names.REMOVAL_GUARD_TAG + ": it is true or false");
        }
        String override = value(tags, Names.REMOVAL_GUARD_OVERRIDE_TAG).orElse(null);
        if (override != null && !FINGERPRINT.matcher(override).matches()) {
            faults.add("tag " + Names.REMOVAL_GUARD_OVERRIDE_TAG
                    + ": it is the fingerprint of a set, v1: and 64 hexadecimal digits, as the refusal names it");
        }
        String restart = value(tags, Names.RUNTIME_RESTART_TAG).orElse("");
        if (!restart.isEmpty() && !restart.equalsIgnoreCase(Names.NEVER)) {
            faults.add("tag " + Names.RUNTIME_RESTART_TAG
                    + ": it is never; without the tag runtimes are restarted one at a time where nothing else helps");
        }
        return new TrustTags(
                probes, guard.equalsIgnoreCase("true"), override, restart.equalsIgnoreCase(Names.NEVER), faults);
    }

    /** What cluster and pool ask for together: either is enough for each rule. */
    public TrustTags and(TrustTags other) {
        ProbeEndpoints both = probes.and(other.probes);
        List<String> all = new ArrayList<>(faults);
        all.addAll(other.faults);
        if (both.endpoints().size() > NodeTrust.Spec.MAX_PROBES) {
            all.add("tag " + Names.PROBE_TAG + ": a node takes up to " + NodeTrust.Spec.MAX_PROBES
                    + " endpoints, those of its cluster and its pool together, and here are "
                    + both.endpoints().size());
        }
        return new TrustTags(
                both,
                removalGuard || other.removalGuard,
                other.override == null ? override : other.override,
                restartNever || other.restartNever,
                all);
    }

    /**
     * What a pool's nodes are told; null where that is nothing.
     *
     * @param givenUp endpoints that were known to break when the list was asked for
     */
    public @Nullable TrustRules rules(List<String> givenUp) {
        List<String> endpoints =
                probes.endpoints().stream().limit(NodeTrust.Spec.MAX_PROBES).toList();
        return endpoints.isEmpty() && !removalGuard && !restartNever && givenUp.isEmpty()
                ? null
                : new TrustRules(endpoints, removalGuard, restartNever ? AgentPool.RESTART_NEVER : null, givenUp);
    }

    private static Optional<String> value(Map<?, ?> tags, String name) {
        return tags.entrySet().stream()
                .filter(tag -> tag.getKey() instanceof String key && key.equalsIgnoreCase(name))
                .map(tag -> String.valueOf(tag.getValue()).strip())
                .findFirst();
    }
}
