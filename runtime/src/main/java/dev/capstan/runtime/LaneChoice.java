package dev.capstan.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lane of a node, as found now.
 *
 * @param lane the way a change reaches the runtime
 * @param reason why this one, in words
 * @param obstacles conditions of the lane that do not hold, each with what to do; while there is one, no set counts as
 *     loaded
 * @param process the runtime's process; absent where none runs
 */
public record LaneChoice(
        Lane lane,
        String reason,
        List<String> obstacles,
        @Nullable RuntimeProcess process) {

    public LaneChoice {
        obstacles = List.copyOf(obstacles);
    }
}
