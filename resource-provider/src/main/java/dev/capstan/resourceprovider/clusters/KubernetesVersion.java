package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Problems;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Kubernetes version of every cluster here: what the API says of itself. There is one, so none can be chosen. */
public final class KubernetesVersion {

    private static final Pattern FORM = Pattern.compile("v?([0-9]+\\.[0-9]+)(\\.[0-9]+)?.*");

    private final Management management;
    private volatile @Nullable String known;

    public KubernetesVersion(Management management) {
        this.management = management;
    }

    /** Such as {@code 1.34.2}. */
    String full() {
        String version = known;
        if (version == null) {
            Matcher form = FORM.matcher(management.version());
            version = form.matches() ? form.group(1) + (form.group(2) == null ? "" : form.group(2)) : "";
            if (!version.isEmpty()) {
                known = version;
            }
        }
        return version;
    }

    /** Such as {@code 1.34}. */
    String minor() {
        Matcher form = FORM.matcher(full());
        return form.matches() ? form.group(1) : full();
    }

    /** That what a body asks for, if anything, is the one there is. */
    void check(@Nullable JsonNode given, String target, Problems problems) {
        String asked = given == null || given.isNull() ? "" : given.asText();
        if (!asked.isEmpty() && !asked.equals(full()) && !asked.equals(minor())) {
            problems.add(new Problem(
                    "K8sVersionNotSupported",
                    "Version " + asked + " is not supported: clusters here run Kubernetes " + full()
                            + ". Leave the version out to get it.",
                    target));
        }
    }
}
