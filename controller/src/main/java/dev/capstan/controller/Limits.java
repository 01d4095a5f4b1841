package dev.capstan.controller;

import dev.capstan.resources.UpgradeSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a model update may go at once: AKS's upgrade settings, made numbers for a pool of so many nodes. Its defaults
 * are AKS's too: a surge of 10 %, none unavailable, 30 minutes to drain, no soak, a node that does not drain fails the
 * operation. Percentages of surge are rounded up, those of unavailable down; where both come to nothing the surge is 1,
 * since nothing could be replaced otherwise.
 *
 * @param surge machines there may be above the count
 * @param unavailable ready nodes there may be below the count
 * @param drainTimeout how long a node may take to drain
 * @param soak how long a drained machine waits before it is deleted
 * @param cordonsUndrainable whether a node that does not drain is left cordoned while the rest goes on
 */
record Limits(int surge, int unavailable, Duration drainTimeout, Duration soak, boolean cordonsUndrainable) {

    private static final String CORDON = "Cordon";
    private static final UpgradeSettings STANDARD = new UpgradeSettings(null, null, null, null, null);

    /** The limits of a pool of so many nodes. What cannot be read as a number or a percentage counts as absent. */
    static Limits of(@Nullable UpgradeSettings settings, int count) {
        UpgradeSettings said = settings == null ? STANDARD : settings;
        int unavailable = Math.min(count, amount(said.maxUnavailable(), "0", count, 0));
        int surge = amount(said.maxSurge(), "10%", count, 99);
        return new Limits(
                surge == 0 && unavailable == 0 ? 1 : surge,
                unavailable,
                Duration.ofMinutes(said.drainTimeoutInMinutes() == null ? 30 : said.drainTimeoutInMinutes()),
                Duration.ofMinutes(said.nodeSoakDurationInMinutes() == null ? 0 : said.nodeSoakDurationInMinutes()),
                CORDON.equals(said.undrainableNodeBehavior()));
    }

    /** A number, or a percentage of the count with this many hundredths added before it is cut. */
    private static int amount(@Nullable String text, String standard, int count, int hundredths) {
        String said = text == null ? standard : text.strip();
        boolean isPercentage = said.endsWith("%");
        try {
            long number = Long.parseLong(isPercentage ? said.substring(0, said.length() - 1) : said);
            long amount = isPercentage ? (number * count + hundredths) / 100 : number;
            return Math.clamp(amount, 0, Integer.MAX_VALUE / 2);
        } catch (NumberFormatException notANumber) {
            return text == null ? 0 : amount(null, standard, count, hundredths);
        }
    }
}
