package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.util.List;

/** Words of the form {@code KEY=VALUE}, as az takes tags, labels and headers. */
public final class Pairs {

    private Pairs() {}

    /**
     * The object that they make; a key alone has an empty value, and an empty word makes nothing: {@code --tags ""} clears.
     *
     * @param option the option they came with, for messages
     */
    public static ObjectNode of(String option, List<String> words) {
        var object = Json.object();
        for (var word : words) {
            var equals = word.indexOf('=');
            if (equals == 0) {
                throw new Problem(
                        ExitCode.USAGE,
                        "argument " + option + ": '" + word + "' has no key.",
                        "Write KEY=VALUE.",
                        null);
            }
            if (!word.isEmpty()) {
                object.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
            }
        }
        return object;
    }
}
