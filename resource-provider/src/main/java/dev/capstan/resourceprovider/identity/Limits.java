package dev.capstan.resourceprovider.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many requests are taken, as buckets: so many at once, and so many a second on average. The administrator has none.
 *
 * @param reads of each principal
 * @param writes of each principal: PUT, PATCH and POST
 * @param deletes of each principal
 * @param strangers requests of each address that come without a good token, and logins
 */
public record Limits(Rate reads, Rate writes, Rate deletes, Rate strangers) {

    /** Azure Resource Manager's own (its documentation, "Throttling limits": per subscription and principal). */
    public static final Limits OF_AZURE =
            new Limits(new Rate(250, 25), new Rate(200, 10), new Rate(200, 10), new Rate(200, 20));

    /** None. */
    public static final Limits NONE = new Limits(Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE);

    private static final Pattern SAME = Pattern.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,6})");

    /**
     * As a user writes them: {@code azure}, {@code none}, or {@code BURST/PER_SECOND} for each of the three of principals.
     * Strangers are limited in any case but {@code none}.
     */
    public static Optional<Limits> parse(String word) {
        Matcher same = SAME.matcher(word);
        if (same.matches()) {
            Rate rate = new Rate(Integer.parseInt(same.group(1)), Integer.parseInt(same.group(2)));
            return Optional.of(new Limits(rate, rate, rate, OF_AZURE.strangers()));
        }
        return switch (word) {
            case "azure" -> Optional.of(OF_AZURE);
            case "none" -> Optional.of(NONE);
            default -> Optional.empty();
        };
    }

    /**
     * A bucket.
     *
     * @param burst what it holds; 0 for no limit at all
     * @param perSecond what flows in
     */
    public record Rate(int burst, int perSecond) {

        public static final Rate NONE = new Rate(0, 0);

        public Rate {
            if (burst < 0 || perSecond < 0 || (burst > 0 && perSecond == 0)) {
                throw new IllegalArgumentException("a bucket that nothing flows into is empty for ever");
            }
        }
    }
}
