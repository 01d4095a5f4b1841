package dev.capstan.resources;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ResourceGroup}: the ARM resource of that name, as a Kubernetes object of the management cluster. */
public final class ResourceGroup {

    public static final String KIND = "ResourceGroup";
    public static final String PLURAL = "resourcegroups";

    private ResourceGroup() {}

    /**
     * What the ARM resource says.
     *
     * @param id ARM id as first written
     * @param name ARM name, as written
     * @param location ARM location; where the group's clusters are made if they do not say
     * @param tags the user's own words
     * @param operation {@code Delete}, with every cluster in it; absent as long as it shall stay
     */
    public record Spec(
            String id,
            String name,
            String location,
            @Nullable Map<String, String> tags,
            @Nullable Operation operation) {}

    /**
     * The operation that an ARM write began.
     *
     * @param id UUID
     * @param kind {@code Delete}
     * @param started RFC 3339
     */
    public record Operation(String id, String kind, String started) {}

    /**
     * What there is.
     *
     * @param observedGeneration generation of the spec that this status answers
     * @param conditions {@code Provisioned}: how the operation stands, and once it ended, how it ended
     */
    public record Status(long observedGeneration, List<Condition> conditions) {}
}
