package dev.capstan.cli.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a user has said once so as not to say it with every command: {@code group} and {@code location}, as az has them.
 * They are the user's, not a control plane's, and lie in her folder for configurations, a line each: {@code group=dev}. An
 * environment variable ({@code CAPSTAN_DEFAULTS_GROUP}) goes before the file.
 */
public final class Defaults {

    /** What can have one. */
    public static final List<String> NAMES = List.of("group", "location");

    private final Path file;
    private final Map<String, String> environment;

    private Defaults(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** Those of {@code $XDG_CONFIG_HOME/capstan/defaults}, else {@code ~/.config/capstan/defaults}. */
    public static Defaults of(Map<String, String> environment) {
        // The XDG base directory specification has relative paths ignored.
        var folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
        var user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        var configurations = folder.startsWith("/") ? Path.of(folder) : Path.of(user, ".config");
        return new Defaults(configurations.resolve("capstan/defaults").toAbsolutePath(), environment);
    }

    /**
     * One that is set.
     *
     * @param name of what
     * @param value never empty
     * @param source the file or the variable it comes from
     */
    public record Setting(String name, String value, String source) {}

    /** The one of this name, if it is set. */
    public Optional<Setting> find(String name) {
        var variable = "CAPSTAN_DEFAULTS_" + name.toUpperCase(Locale.ROOT);
        var value = environment.getOrDefault(variable, "");
        return value.isEmpty()
                ? Optional.ofNullable(read().get(name)).map(text -> new Setting(name, text, file.toString()))
                : Optional.of(new Setting(name, value, variable));
    }

    /** Sets these and leaves the others; an empty value clears. The file is replaced whole. */
    public void set(Map<String, String> values) {
        var all = read();
        values.forEach((name, value) -> {
            if (value.isEmpty()) {
                all.remove(name);
            } else {
                all.put(name, value);
            }
        });
        var text = new StringBuilder();
        all.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        try {
            Files.createDirectories(file.resolveSibling(""));
            var partial = Files.createTempFile(file.resolveSibling(""), "defaults", "");
            Files.writeString(partial, text);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Problem.failed(
                    "Cannot write " + file + ": " + e.getMessage() + ".", "Check that its folder is yours.", e);
        }
    }

    private Map<String, String> read() {
        var all = new TreeMap<String, String>();
        try {
            for (var line : Files.readAllLines(file)) {
                var equals = line.indexOf('=');
                if (equals > 0 && !line.substring(equals + 1).isBlank()) {
                    all.put(
                            line.substring(0, equals).strip(),
                            line.substring(equals + 1).strip());
                }
            }
            return all;
        } catch (NoSuchFileException none) {
            return all;
        } catch (IOException e) {
            throw Problem.failed(
                    "Cannot read " + file + ": " + e.getMessage() + ".", "Check the file, or delete it.", e);
        }
    }
}
