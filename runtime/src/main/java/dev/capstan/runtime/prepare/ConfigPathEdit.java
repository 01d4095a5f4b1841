package dev.capstan.runtime.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The smallest change of a containerd configuration file that gives {@code config_path} a value: every other byte stays,
 * comments, order, indentation and line ends. Where the section is written in a form that a line cannot be put into
 * with certainty, nothing is changed and the exact lines to write by hand are given.
 *
 * <p>Whether containerd reads the result as meant is not judged here: its own {@code config dump} does that.
 */
sealed interface ConfigPathEdit {

    /**
     * The file as it shall be.
     *
     * @param added whether the section was not there and stands at the end now
     */
    record Changed(String text, boolean added) implements ConfigPathEdit {}

    /** It cannot be changed with certainty: why. */
    record Refused(String why) implements ConfigPathEdit {}

    /** Format version 3 and later; before it {@link #CRI}. */
    String IMAGES = "io.containerd.cri.v1.images";

    String CRI = "io.containerd.grpc.v1.cri";

    /** The plugin that reads {@code registry.config_path} in a file of this version. */
    static String plugin(int version) {
        return version >= 3 ? IMAGES : CRI;
    }

    static List<String> registry(String plugin) {
        return List.of("plugins", plugin, "registry");
    }

    static List<String> configPath(String plugin) {
        return List.of("plugins", plugin, "registry", "config_path");
    }

    /** The lines to write by hand. */
    static List<String> byHand(int version, String configPath) {
        return List.of(
                "version = " + version,
                "[plugins.\"" + plugin(version) + "\".registry]",
                "  config_path = \"" + configPath + "\"");
    }

    /**
     * The version a file says it has.
     *
     * @return 0 where it says nothing at all, not even a setting; empty where it has settings and no version, which is
     *     version 1
     * @throws NotUnderstoodException if the text is no TOML, or says its version in another form than one number
     */
    static Optional<Integer> version(String text) throws NotUnderstoodException {
        List<TomlStatements.Statement> statements = TomlStatements.of(text);
        for (TomlStatements.Statement statement : statements) {
            if (statement instanceof TomlStatements.Entry entry && entry.path().equals(List.of("version"))) {
                if (!entry.value().matches("[1-9]")) {
                    throw new NotUnderstoodException("version = " + entry.value() + " is no version that is known");
                }
                return Optional.of(Integer.parseInt(entry.value()));
            }
        }
        return statements.isEmpty() ? Optional.of(0) : Optional.empty();
    }

    /**
     * Gives {@code config_path} a value in the section of this version of the format. A file that says no version at all,
     * being empty, is given it; a template is not, since it may come out of an action.
     *
     * @param text the file, or a template of it, see {@link GoTemplate}
     * @param version the version of the format that the file has or shall have
     */
    static ConfigPathEdit in(String text, int version, String value) {
        List<String> target = configPath(plugin(version));
        List<String> registry = registry(plugin(version));
        List<TomlStatements.Statement> statements;
        String masked;
        try {
            masked = GoTemplate.masked(text);
            statements = TomlStatements.of(masked);
        } catch (NotUnderstoodException odd) {
            return new Refused(odd.getMessage() + ", which is no TOML that Capstan understands");
        }
        List<TomlStatements.Entry> found = new ArrayList<>();
        List<TomlStatements.Heading> headings = new ArrayList<>();
        for (TomlStatements.Statement statement : statements) {
            switch (statement) {
                case TomlStatements.Entry entry -> {
                    List<String> path = entry.path();
                    if (path.equals(target)) {
                        found.add(entry);
                    } else if (startsWith(target, path)) {
                        return new Refused(String.join(".", path) + " is an inline table");
                    } else if (startsWith(path, registry) && !startsWith(entry.table(), registry)) {
                        return new Refused(String.join(".", path)
                                + " is set by a dotted key, beside which TOML allows no" + " heading of that table");
                    }
                }
                case TomlStatements.Heading heading -> {
                    if (heading.array() && startsWith(target, heading.path())) {
                        return new Refused("[[" + String.join(".", heading.path()) + "]] is an array of tables");
                    }
                    if (heading.path().equals(registry)) {
                        headings.add(heading);
                    }
                }
            }
        }
        if (found.size() > 1 || headings.size() > 1) {
            return new Refused("it has more than one "
                    + (found.size() > 1 ? "config_path" : "heading [" + String.join(".", registry) + "]")
                    + ", of which containerd reads one");
        }
        String written = "\"" + value + "\"";
        if (!found.isEmpty()) {
            return replaced(text, found.getFirst(), written);
        }
        return new Changed(
                headings.isEmpty()
                        ? appended(
                                text,
                                statements.isEmpty() && masked.equals(text) ? version : 0,
                                plugin(version),
                                written)
                        : inserted(text, statements, headings.getFirst(), written),
                headings.isEmpty());
    }

    private static ConfigPathEdit replaced(String text, TomlStatements.Entry entry, String written) {
        int end = entry.valueAt() + entry.value().length();
        // The value of a template's action is masked and no string; it goes with its braces.
        boolean known = TomlStatements.string(entry.value()).isPresent() || text.startsWith("{{", entry.valueAt());
        return known
                ? new Changed(text.substring(0, entry.valueAt()) + written + text.substring(end), false)
                : new Refused("config_path is set to " + entry.value() + ", which is no plain string");
    }

    private static String inserted(
            String text, List<TomlStatements.Statement> statements, TomlStatements.Heading heading, String written) {
        TomlStatements.Statement next = statements.indexOf(heading) + 1 < statements.size()
                ? statements.get(statements.indexOf(heading) + 1)
                : heading;
        String indentation = next instanceof TomlStatements.Entry
                ? blanks(text, next.start())
                : blanks(text, heading.start()) + "  ";
        String end = lineEnd(text, heading.start());
        boolean open = !text.substring(heading.start(), heading.end()).endsWith("\n");
        return text.substring(0, heading.end())
                + (open ? end : "")
                + indentation
                + "config_path = "
                + written
                + (open ? "" : end)
                + text.substring(heading.end());
    }

    private static String appended(String text, int version, String plugin, String written) {
        String end = lineEnd(text, 0);
        StringBuilder whole = new StringBuilder(text);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            whole.append(end);
        }
        if (version > 0) {
            whole.append("version = ").append(version).append(end);
        }
        if (!whole.isEmpty()) {
            whole.append(end);
        }
        whole.append("[plugins.\"").append(plugin).append("\".registry]").append(end);
        return whole.append("  config_path = ").append(written).append(end).toString();
    }

    private static String blanks(String text, int lineStart) {
        int end = lineStart;
        while (end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
            end++;
        }
        return text.substring(lineStart, end);
    }

    /** The line end of the line at this place, or of the one before it, or LF. */
    private static String lineEnd(String text, int at) {
        int feed = text.indexOf('\n', at);
        if (feed < 0) {
            feed = text.lastIndexOf('\n', at);
        }
        return feed > 0 && text.charAt(feed - 1) == '\r' ? "\r\n" : "\n";
    }

    /** Whether a path begins with another; each path begins with itself. */
    private static boolean startsWith(List<String> path, List<String> beginning) {
        return path.size() >= beginning.size()
                && path.subList(0, beginning.size()).equals(beginning);
    }
}
