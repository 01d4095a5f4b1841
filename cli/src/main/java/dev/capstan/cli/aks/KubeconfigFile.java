package dev.capstan.cli.aks;

import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A kubeconfig into which another is merged, as az merges it (command_modules/acs: merge_kubernetes_configurations):
 * clusters, users and contexts by name; something different of the same name is replaced only where that was allowed. All
 * else of the file stays. It is written whole, beside the old one, with mode 0600 from the first byte on, and then takes
 * its place; a link is followed first, so that it stays a link.
 */
final class KubeconfigFile {

    private static final List<String> LISTS = List.of("clusters", "users", "contexts");

    private final Session session;
    private final Path path;

    KubeconfigFile(Session session, Path path) {
        this.session = session;
        this.path = path;
    }

    void merge(String text, Optional<String> context, boolean overwrite) {
        try {
            var addition = parse(text);
            name(addition, context);
            Map<String, @Nullable Object> existing =
                    Files.exists(path) ? parse(Files.readString(path)) : new LinkedHashMap<>();
            var merged = existing.isEmpty() ? addition : merged(existing, addition, overwrite);
            write(dump(merged));
            session.messages()
                    .progress("Merged \"" + addition.get("current-context") + "\" as current context in " + path);
        } catch (YamlEngineException e) {
            throw Problem.failed(
                    "Cannot read " + path + ": it is no YAML: " + e.getMessage(),
                    "Mend it, or name another with --file.",
                    e);
        } catch (IOException e) {
            throw Problem.failed(
                    "Cannot write " + path + ": " + e.getMessage() + ".",
                    "Check that its folder is writable, or name another file with --file.",
                    e);
        }
    }

    /** Gives cluster and context the asked name; the administrator's context is told from the user's. */
    private static void name(Map<String, @Nullable Object> addition, Optional<String> name) {
        if (name.isPresent()) {
            entries(addition, "clusters").getFirst().put("name", name.get());
            var context = entries(addition, "contexts").getFirst();
            context.put("name", name.get());
            map(context.get("context")).put("cluster", name.get());
            addition.put("current-context", name.get());
        }
        for (var context : entries(addition, "contexts")) {
            if (String.valueOf(map(context.get("context")).get("user")).startsWith("clusterAdmin")) {
                context.put("name", context.get("name") + "-admin");
                addition.put("current-context", context.get("name"));
                return;
            }
        }
    }

    private Map<String, @Nullable Object> merged(
            Map<String, @Nullable Object> existing, Map<String, @Nullable Object> addition, boolean overwrite) {
        for (var key : LISTS) {
            var entries = new ArrayList<>(entries(existing, key));
            for (var added : entries(addition, key)) {
                var name = String.valueOf(added.get("name"));
                var same = entries.stream()
                        .filter(entry -> name.equals(String.valueOf(entry.get("name"))))
                        .toList();
                if (!overwrite && same.stream().anyMatch(entry -> !entry.equals(added)) && !isAllowed(name)) {
                    throw Problem.failed(
                            "A different object named " + name + " already exists in " + key
                                    + " in your kubeconfig file.",
                            "Give --overwrite-existing to replace it, --context NAME to call this one otherwise, or --file for another file.");
                }
                entries.removeAll(same);
                entries.add(added);
            }
            existing.put(key, entries);
        }
        existing.put("current-context", addition.get("current-context"));
        return existing;
    }

    private boolean isAllowed(String name) {
        return session.terminal()
                && Confirmation.ask(
                        session,
                        "A different object named " + name
                                + " already exists in your kubeconfig file.\nOverwrite? (y/n): ");
    }

    private void write(String text) throws IOException {
        var target = Files.exists(path) ? path.toRealPath() : path;
        var folder = target.getParent();
        if (folder == null) {
            throw new IOException("it is a folder");
        }
        Files.createDirectories(folder);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var fresh = Files.createTempFile(folder, ".kubeconfig", "", mode);
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private Map<String, @Nullable Object> parse(String text) {
        var settings = LoadSettings.builder().setLabel(path.toString()).build();
        var document = new Load(settings).loadFromString(text);
        if (document == null) {
            return new LinkedHashMap<>();
        }
        if (!(document instanceof Map)) {
            throw Problem.failed(
                    path + " is no kubeconfig.", "May back up this config file, delete it and retry the command.");
        }
        return map(document);
    }

    private static String dump(Object document) {
        var settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(Integer.MAX_VALUE)
                .build();
        return new Dump(settings).dumpToString(document);
    }

    private static List<Map<String, @Nullable Object>> entries(Map<String, @Nullable Object> config, String key) {
        var entries = new ArrayList<Map<String, @Nullable Object>>();
        if (config.get(key) instanceof List<?> list) {
            for (var entry : list) {
                if (entry != null) {
                    entries.add(map(entry));
                }
            }
        }
        return entries;
    }

    @SuppressWarnings("unchecked") // YAML has only maps by text here, and a wrong one is told as such.
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw Problem.failed(
                "The kubeconfig has '" + value + "' where an object belongs.", "Mend it, or name another.");
    }
}
