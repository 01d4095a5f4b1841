package dev.capstan.resources;

import org.jspecify.annotations.Nullable;

/**
 * {@code Registration}: that a subscription uses a resource provider, or a preview feature of one. There is nothing to be
 * done for it but to be asked for, so it has no status.
 */
public final class Registration {

    public static final String KIND = "Registration";
    public static final String PLURAL = "registrations";

    private Registration() {}

    /**
     * What is registered.
     *
     * @param id ARM id as first written
     * @param namespace the resource provider, such as {@code Microsoft.ContainerService}
     * @param feature the feature, such as {@code CustomCATrustPreview}; absent where it is the provider itself
     * @param registered whether it shall be registered
     * @param requested when that was last asked for, RFC 3339
     */
    public record Spec(
            String id, String namespace, @Nullable String feature, boolean registered, String requested) {}
}
