package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code If-Match} and {@code If-None-Match} (RFC 9110, 13.1), with eTags quoted or, as ARM's clients send them, not. */
final class Preconditions {

    private Preconditions() {}

    /**
     * Nothing happens where they hold.
     *
     * @param eTag of what is there; null where there is nothing
     * @throws ArmFailure 412 where they do not
     */
    static void check(ArmRequest request, @Nullable String eTag) {
        String wanted = request.header("if-match");
        if (wanted != null && !isIn(wanted, eTag)) {
            throw ArmFailure.preconditionFailed(
                    eTag == null
                            ? "The condition of the If-Match header is not met: the resource does not exist."
                            : "The condition of the If-Match header is not met: the resource was changed since, its eTag is "
                                    + eTag + ".");
        }
        String unwanted = request.header("if-none-match");
        if (unwanted != null && isIn(unwanted, eTag)) {
            throw ArmFailure.preconditionFailed(
                    "The condition of the If-None-Match header is not met: the resource exists, its eTag is " + eTag
                            + ".");
        }
    }

    private static boolean isIn(String header, @Nullable String eTag) {
        return eTag != null
                && Arrays.stream(header.split(",", -1))
                        .map(Preconditions::bare)
                        .anyMatch(one -> one.equals("*") || one.equals(eTag));
    }

    private static String bare(String tag) {
        String text = tag.strip();
        text = text.startsWith("W/") ? text.substring(2) : text;
        boolean isQuoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return isQuoted ? text.substring(1, text.length() - 1) : text;
    }
}
