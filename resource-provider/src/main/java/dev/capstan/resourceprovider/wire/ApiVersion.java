package dev.capstan.resourceprovider.wire;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code api-version} of a request. AKS's own follow a rule (azure-rest-api-specs, containerservice): stable ones are
 * of the first of a month, previews of the second, so the list grows by itself with the calendar; the preview of
 * 2022-08-03 is the one exception. Those of ARM itself (groups, providers, features) follow none, so every date is taken.
 *
 * @param date its date
 * @param preview whether it ends in {@code -preview}
 */
public record ApiVersion(LocalDate date, boolean preview) {

    /** The first with the list as a finished feature. */
    public static final LocalDate FIRST_STABLE = LocalDate.of(2025, 1, 1);

    /** The first with {@code enableCustomCATrust}. */
    public static final LocalDate FIRST_PREVIEW = LocalDate.of(2022, 4, 2);

    private static final LocalDate EXCEPTION = LocalDate.of(2022, 8, 3);
    private static final LocalDate FIRST_OF_ARM = LocalDate.of(2014, 1, 1);
    private static final Pattern FORM =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(-preview)?", Pattern.CASE_INSENSITIVE);

    /** Which ones a path is served with. */
    public enum Family {
        /** AKS's. */
        CONTAINER_SERVICE,
        /** ARM's own, and where clients poll: every date. */
        ARM
    }

    /**
     * Reads one.
     *
     * @param today no version is of a later day
     * @throws ArmFailure 400 if it is missing, has another form or is not served
     */
    public static ApiVersion parse(@Nullable String text, Family family, LocalDate today) {
        if (text == null || text.isEmpty()) {
            throw ArmFailure.badRequest(
                    "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests.");
        }
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            try {
                ApiVersion version = new ApiVersion(LocalDate.parse(form.group(1)), form.group(2) != null);
                if (version.isServed(family, today)) {
                    return version;
                }
            } catch (DateTimeException noSuchDay) {
                // Falls through to the answer that every other version gets.
            }
        }
        throw ArmFailure.badRequest("InvalidApiVersionParameter", refusal(text, family, today));
    }

    private boolean isServed(Family family, LocalDate today) {
        if (date.isAfter(today)) {
            return false;
        }
        return switch (family) {
            case ARM -> !date.isBefore(FIRST_OF_ARM);
            case CONTAINER_SERVICE ->
                preview
                        ? !date.isBefore(FIRST_PREVIEW) && (date.getDayOfMonth() == 2 || date.equals(EXCEPTION))
                        : !date.isBefore(FIRST_STABLE) && date.getDayOfMonth() == 1;
        };
    }

    private static String refusal(String text, Family family, LocalDate today) {
        String shown = text.length() <= 40 ? text : text.substring(0, 40) + "…";
        return family == Family.ARM
                ? "The api-version '" + shown + "' is invalid. It is a date from " + FIRST_OF_ARM
                        + " to today, such as 2024-11-01, and may end in -preview."
                : "The api-version '" + shown + "' is invalid. The supported versions are '"
                        + String.join(",", all(today)) + "'.";
    }

    /** Every version of AKS that is served, the newest first. */
    public static List<String> all(LocalDate today) {
        List<String> all = new ArrayList<>();
        for (LocalDate month = today.withDayOfMonth(1); !month.isBefore(FIRST_STABLE); month = month.minusMonths(1)) {
            all.add(month.toString());
        }
        LocalDate newest = today.getDayOfMonth() == 1 ? today.minusMonths(1) : today;
        for (LocalDate day = newest.withDayOfMonth(2); !day.isBefore(FIRST_PREVIEW); day = day.minusMonths(1)) {
            if (day.equals(EXCEPTION.withDayOfMonth(2))) {
                all.add(EXCEPTION + "-preview");
            }
            all.add(day + "-preview");
        }
        return List.copyOf(all);
    }

    @Override
    public String toString() {
        return date + (preview ? "-preview" : "");
    }
}
