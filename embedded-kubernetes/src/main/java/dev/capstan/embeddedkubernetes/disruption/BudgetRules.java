package dev.capstan.embeddedkubernetes.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.pipeline.Admission;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.selector.ObjectSelector;
import java.util.List;
import java.util.OptionalInt;

/** What a PodDisruptionBudget must say beyond its schema (pkg/apis/policy/validation of Kubernetes). */
public final class BudgetRules implements Admission {

    /** The rules. */
    public BudgetRules() {}

    @Override
    public void admit(Attempt attempt) {
        if (!attempt.isAbout(Budget.RESOURCE) || attempt.deletion()) {
            return;
        }
        JsonNode spec = attempt.object().path("spec");
        List<FieldError> errors = attempt.errors();
        if (spec.hasNonNull("minAvailable") && spec.hasNonNull("maxUnavailable")) {
            errors.add(
                    FieldError.invalid("spec", spec.toString(), "minAvailable and maxUnavailable cannot be both set"));
        }
        for (String field : List.of("minAvailable", "maxUnavailable")) {
            checkAmount(spec.path(field), "spec." + field, errors);
        }
        errors.addAll(new ObjectSelector(spec.path("selector")).problems("spec.selector"));
    }

    private static void checkAmount(JsonNode amount, String path, List<FieldError> errors) {
        if (amount.isTextual()) {
            OptionalInt percentage = Budget.percentage(amount.asText());
            String shown = '"' + amount.asText() + '"';
            if (percentage.isEmpty()) {
                errors.add(FieldError.invalid(
                        path,
                        shown,
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or"
                                + " '93%', regex used for validation is '[0-9]+%')"));
            } else if (percentage.getAsInt() > 100) {
                errors.add(FieldError.invalid(path, shown, "must not be greater than 100%"));
            }
        } else if (amount.isNumber() && amount.asLong() < 0) {
            errors.add(FieldError.invalid(path, amount.asText(), "must be greater than or equal to 0"));
        } else if (amount.isNumber() && amount.asLong() > Integer.MAX_VALUE) {
            errors.add(FieldError.invalid(path, amount.asText(), "must be a 32-bit number"));
        }
    }
}
