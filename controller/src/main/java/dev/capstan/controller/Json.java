package dev.capstan.controller;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON objects as maps: whether one holds what another asks for. */
final class Json {

    private Json() {}

    /**
     * Whether the actual value holds everything wanted: an object may have further members, a list may not; a wanted
     * null must be absent.
     */
    static boolean holds(@Nullable Object actual, @Nullable Object wanted) {
        if (wanted instanceof Map<?, ?> members) {
            if (!(actual instanceof Map<?, ?> there)) {
                return members.isEmpty();
            }
            return members.entrySet().stream().allMatch(member -> holds(there.get(member.getKey()), member.getValue()));
        }
        if (wanted instanceof List<?> items) {
            if (!(actual instanceof List<?> there) || there.size() != items.size()) {
                return items.isEmpty() && actual == null;
            }
            for (int i = 0; i < items.size(); i++) {
                if (!holds(there.get(i), items.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (actual instanceof Number left && wanted instanceof Number right) {
            return left.longValue() == right.longValue();
        }
        return Objects.equals(actual, wanted);
    }

    /** A map whose keys are texts, as every JSON object's are. */
    static Map<String, Object> members(Map<?, ?> object) {
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((name, value) -> members.put(String.valueOf(name), value));
        return members;
    }

    /** An object with these members; null values stay, which in a merge patch removes a member. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }
}
