package dev.capstan.resourceprovider.subscription;

import dev.capstan.resources.Condition;
import dev.capstan.resources.Names;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the operation of an object stands, from its condition {@code Provisioned}. A condition that answers an older
 * generation says nothing.
 *
 * @param condition the condition that answers the present generation; null while there is none
 */
public record Progress(@Nullable Condition condition) {

    private static final String CANCELED = "Canceled";
    private static final String DELETED = "Deleted";

    public static Progress of(List<Condition> conditions, long generation) {
        Optional<Condition> answer = conditions.stream()
                .filter(one -> one.type().equals(Names.PROVISIONED) && one.observedGeneration() == generation)
                .findFirst();
        return new Progress(answer.orElse(null));
    }

    /** Whether it ended. */
    public boolean isOver() {
        return condition != null && !condition.status().equals("Unknown");
    }

    /** Whether it ended with the object deleted; what is left is only there to say so. */
    public boolean isDeleted() {
        return condition != null
                && condition.status().equals("True")
                && condition.reason().equals(DELETED);
    }

    /** {@code Succeeded}, {@code Failed} or {@code Canceled}; null while it is not over. */
    public @Nullable String result() {
        if (condition == null || !isOver()) {
            return null;
        }
        if (condition.status().equals("True")) {
            return "Succeeded";
        }
        return condition.reason().equals(CANCELED) ? CANCELED : "Failed";
    }
}
