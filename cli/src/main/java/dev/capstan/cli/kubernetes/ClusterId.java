package dev.capstan.cli.kubernetes;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which cluster is meant: its ARM id, taken apart. ARM keeps the case of names and ignores it; Kubernetes' object names
 * are narrower, so the object is named after a slug and a hash of the id.
 *
 * @param subscription UUID
 * @param group resource group, as written
 * @param name cluster name, as written
 */
public record ClusterId(String subscription, String group, String name) {

    // Microsoft.ContainerService/managedClusters, REST API: resourceName and resourceGroupName.
    private static final Pattern NAME = Pattern.compile("^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$");
    private static final Pattern GROUP =
            Pattern.compile("^[-\\w._()]{0,89}[-\\w_()]$", Pattern.UNICODE_CHARACTER_CLASS);
    private static final int SLUG_LENGTH = 40;

    /** The cluster; throws a {@link Problem} as {@link #check} does. */
    public static ClusterId of(String subscription, String group, String name) {
        check(group, name);
        return new ClusterId(subscription, group, name);
    }

    /** Throws a {@link Problem} that names every part that is not as AKS wants it. */
    public static void check(String group, String name) {
        var wrong = new StringBuilder();
        if (!GROUP.matcher(group).matches()) {
            wrong.append(
                    "The resource group '%s' is not 1 to 90 letters, digits, '-', '_', '.' or brackets, or ends with '.'. "
                            .formatted(group));
        }
        if (!NAME.matcher(name).matches()) {
            wrong.append(
                    "The cluster name '%s' is not 1 to 63 letters, digits, '-' or '_', first and last a letter or digit. "
                            .formatted(name));
        }
        if (!wrong.isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    wrong.toString().strip(),
                    "Choose a name that Azure Kubernetes Service takes.",
                    null);
        }
    }

    public String armId() {
        return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.ContainerService/managedClusters/%s"
                .formatted(subscription, group, name);
    }

    /** Name of the ManagedCluster object: {@code <slug>-<10 hex of SHA-256 of the lower-cased ARM id>}. */
    public String objectName() {
        var slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        slug = slug.substring(0, Math.min(slug.length(), SLUG_LENGTH)).replaceAll("^-|-$", "");
        return slug + "-" + sha256(armId().toLowerCase(Locale.ROOT)).substring(0, 10);
    }

    /** As people name it. */
    @Override
    public String toString() {
        return group + "/" + name;
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
