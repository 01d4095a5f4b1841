package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resources.UpgradeSettings;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From a body's {@code upgradeSettings} to those of a pool, by AKS's rules. */
final class UpgradeSettingsBody {

    private static final String TARGET = "agentPoolProfile.upgradeSettings.";
    private static final Pattern NUMBER_OR_PERCENT = Pattern.compile("[0-9]{1,4}|([0-9]|[1-9][0-9]|100)%");
    private static final List<String> BEHAVIORS = List.of("Schedule", "Cordon");

    private final Problems problems;

    UpgradeSettingsBody(Problems problems) {
        this.problems = problems;
    }

    /**
     * What is there merged with what is asked for.
     *
     * @param given what it takes up is removed from it, what is left is kept elsewhere; null where there is none
     */
    @Nullable
    UpgradeSettings merge(@Nullable UpgradeSettings present, @Nullable ObjectNode given) {
        if (given == null) {
            return present;
        }
        UpgradeSettings there = present == null ? new UpgradeSettings(null, null, null, null, null) : present;
        var merged = new UpgradeSettings(
                or(amount(given, "maxSurge"), there.maxSurge()),
                or(amount(given, "maxUnavailable"), there.maxUnavailable()),
                or(minutes(given, "drainTimeoutInMinutes", 1, 1440), there.drainTimeoutInMinutes()),
                or(minutes(given, "nodeSoakDurationInMinutes", 0, 30), there.nodeSoakDurationInMinutes()),
                or(behavior(given), there.undrainableNodeBehavior()));
        if (isZero(merged.maxSurge()) && (merged.maxUnavailable() == null || isZero(merged.maxUnavailable()))) {
            problems.invalid(
                    TARGET + "maxSurge",
                    "The value of parameter " + TARGET
                            + "maxSurge is invalid: maxSurge and maxUnavailable cannot both be"
                            + " 0, for then no node could ever be replaced.");
        }
        return merged.equals(new UpgradeSettings(null, null, null, null, null)) ? null : merged;
    }

    private static <V> @Nullable V or(@Nullable V given, @Nullable V there) {
        return given == null ? there : given;
    }

    private static boolean isZero(@Nullable String amount) {
        return amount != null && amount.replace("%", "").chars().allMatch(digit -> digit == '0');
    }

    private @Nullable String amount(ObjectNode given, String name) {
        JsonNode value = given.remove(name);
        if (value == null
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty())) {
            return null;
        }
        boolean isScalar = value.isTextual() || value.isIntegralNumber();
        if (!isScalar || !NUMBER_OR_PERCENT.matcher(value.asText()).matches()) {
            invalid(name, "it is a number such as \"1\", or a percentage such as \"33%\", up to \"100%\"");
            return null;
        }
        return value.asText();
    }

    private @Nullable Integer minutes(ObjectNode given, String name, int least, int most) {
        JsonNode value = given.remove(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < least || value.asInt() > most) {
            invalid(name, "it is a whole number from " + least + " to " + most);
            return null;
        }
        return value.asInt();
    }

    private @Nullable String behavior(ObjectNode given) {
        JsonNode value = given.remove("undrainableNodeBehavior");
        if (value == null || value.isNull()) {
            return null;
        }
        for (String behavior : BEHAVIORS) {
            if (behavior.equalsIgnoreCase(value.asText())) {
                return behavior;
            }
        }
        invalid("undrainableNodeBehavior", "it is " + String.join(" or ", BEHAVIORS));
        return null;
    }

    private void invalid(String name, String rule) {
        problems.invalid(TARGET + name, "The value of parameter " + TARGET + name + " is invalid: " + rule + ".");
    }
}
