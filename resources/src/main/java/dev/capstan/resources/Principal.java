package dev.capstan.resources;

import java.util.List;

/**
 * {@code Principal}: a service principal, who may log in at the ARM façade, and what she may do. Its name is her client id.
 * Everything that there is to her is said, so it has no status.
 */
public final class Principal {

    public static final String KIND = "Principal";
    public static final String PLURAL = "principals";

    private Principal() {}

    /**
     * Who may log in, and do what.
     *
     * @param displayName what people call her
     * @param credential the Secret in {@code capstan-system} that holds the hash of her secret; changed when she gets another
     *     one, which ends every token handed out before
     * @param created when she was made, RFC 3339
     * @param assignments what she may do
     */
    public record Spec(String displayName, String credential, String created, List<Assignment> assignments) {}

    /**
     * A role and where it holds.
     *
     * @param role {@code Owner}, {@code Contributor} or {@code Reader}
     * @param scope ARM id of the subscription, of a resource group or of a cluster
     */
    public record Assignment(String role, String scope) {}
}
