package dev.capstan.runtime.prepare;

import dev.capstan.runtime.toml.TomlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What two dumps of one containerd say differently beside what was meant: {@code config_path} of the registry, and
 * {@code imports}, where containerd 1.x names the main file by the name it was given. By name only: values may be passwords.
 */
final class Comparison {

    private final List<String> different = new ArrayList<>();

    private Comparison() {}

    /** The keys in dots, in order; empty where nothing else differs. */
    static List<String> beside(TomlTable before, TomlTable after) {
        Comparison comparison = new Comparison();
        comparison.compare(List.of(), before, after);
        return List.copyOf(comparison.different);
    }

    private void compare(List<String> path, TomlTable before, TomlTable after) {
        TreeSet<String> keys = new TreeSet<>(before.values().keySet());
        keys.addAll(after.values().keySet());
        for (String key : keys) {
            List<String> here = new ArrayList<>(path);
            here.add(key);
            if (isMeant(here)) {
                continue;
            }
            Map<String, Object> old = before.values();
            Map<String, Object> now = after.values();
            if (old.get(key) instanceof TomlTable one && now.get(key) instanceof TomlTable other) {
                compare(here, one, other);
            } else if (!old.containsKey(key)
                    || !now.containsKey(key)
                    || !old.getOrDefault(key, "").equals(now.get(key))) {
                different.add(String.join(".", here));
            }
        }
    }

    private static boolean isMeant(List<String> path) {
        return path.equals(List.of("imports"))
                || path.equals(ConfigPathEdit.configPath(ConfigPathEdit.CRI))
                || path.equals(ConfigPathEdit.configPath(ConfigPathEdit.IMAGES));
    }
}
