package dev.capstan.cli.kubeconfig;

import dev.capstan.cli.session.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * One context of a kubeconfig (Kubernetes: client-go, api/v1 Config): its cluster and its user, as they stand there. What of them
 * can be used is for each command to judge; what is wrong is collected, and said at once by {@link #refuse}. No message
 * quotes the file, which holds credentials.
 */
public final class KubeconfigContext {

    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private final String name;
    private final Map<?, ?> cluster;
    private final Map<?, ?> user;
    private final List<String> wrong = new ArrayList<>();

    private KubeconfigContext(Path file, Map<?, ?> config, String name, Map<?, ?> context) {
        this.file = file;
        this.name = name;
        this.cluster = entry(config, "clusters", "cluster", text(context, "cluster"));
        this.user = entry(config, "users", "user", text(context, "user"));
    }

    /**
     * Reads a file. Throws a {@link Problem} if it is no kubeconfig, or has no such context.
     *
     * @param asked the context's name; the current one if not given
     */
    public static KubeconfigContext read(Path file, Optional<String> asked) {
        Map<?, ?> config = parse(file);
        String name = asked.orElse(text(config, "current-context"));
        Map<?, ?> context = named(config, "contexts", "context", name)
                .orElseThrow(() -> Problem.failed(
                        file + (name.isEmpty() ? " has no current context." : " has no context '" + name + "'."),
                        "Name one with --context: " + names(config) + "."));
        return new KubeconfigContext(file, config, name, context);
    }

    private static Map<?, ?> parse(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw Problem.failed(file + " is larger than 1 MiB, and no kubeconfig.", "Name one.");
            }
            String text = Files.readString(file);
            var settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setBufferSize(Math.max(1_024, text.length() + 1))
                    .build();
            if (new Load(settings).loadFromString(text) instanceof Map<?, ?> map && map.containsKey("clusters")) {
                return map;
            }
        } catch (IOException unreadable) {
            throw Problem.failed(
                    "The kubeconfig " + file + " cannot be read: " + unreadable + ".", "Name one with --kubeconfig.");
        } catch (YamlEngineException | StackOverflowError noYaml) {
            // Its message would quote the text.
        }
        throw Problem.failed(file + " is no kubeconfig.", "Name one; 'kubectl config view' shows yours.");
    }

    /** The context's name. */
    public String name() {
        return name;
    }

    /** What is said of its cluster; empty where it names none that is there. */
    public Map<?, ?> cluster() {
        return cluster;
    }

    /** What is said of its user; empty where it names none that is there. */
    public Map<?, ?> user() {
        return user;
    }

    /** Notes what cannot be used, as the end of a sentence about the file. */
    public void wrong(String words) {
        wrong.add(words);
    }

    /** Whether nothing was noted. */
    public boolean isSound() {
        return wrong.isEmpty();
    }

    /** Throws a {@link Problem} with all that was noted, if anything was. */
    public void refuse(String advice) {
        if (!wrong.isEmpty()) {
            throw Problem.failed(
                    file + ", context " + name + ", cannot be used: " + String.join("; ", wrong) + ".", advice);
        }
    }

    /**
     * What stands under {@code MEMBER-data} in base64, or in the file that {@code MEMBER} names, whose path counts from the
     * kubeconfig's folder; empty where there is neither, or it cannot be read, which is noted.
     */
    public Optional<String> given(Map<?, ?> part, String member) {
        String data = text(part, member + "-data");
        if (data.isEmpty()) {
            return text(part, member).isEmpty() ? Optional.empty() : content(text(part, member));
        }
        try {
            return Optional.of(new String(Base64.getMimeDecoder().decode(data), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException noBase64) {
            wrong("its " + member + "-data is no base64");
            return Optional.empty();
        }
    }

    /** What is in a file that is named there; empty where it cannot be read, which is noted. */
    public Optional<String> content(String named) {
        Path place = file.toAbsolutePath().resolveSibling(named);
        try {
            return Optional.of(Files.readString(place, StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            wrong(place + " cannot be read: " + unreadable
                    + " ('kubectl config view --flatten --minify --raw' makes one file of all)");
            return Optional.empty();
        }
    }

    /** A member as text; empty where there is none. */
    public static String text(Map<?, ?> part, String member) {
        Object value = part.get(member);
        return value == null ? "" : value.toString();
    }

    private Map<?, ?> entry(Map<?, ?> config, String list, String kind, String wanted) {
        return named(config, list, kind, wanted).orElseGet(() -> {
            wrong("it has no " + kind + " '" + wanted + "'");
            return Map.of();
        });
    }

    private static Optional<Map<?, ?>> named(Map<?, ?> config, String list, String kind, String wanted) {
        if (config.get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> one && text(one, "name").equals(wanted)) {
                    return Optional.of(one.get(kind) instanceof Map<?, ?> found ? found : Map.of());
                }
            }
        }
        return Optional.empty();
    }

    private static String names(Map<?, ?> config) {
        List<String> names = new ArrayList<>();
        if (config.get("contexts") instanceof List<?> entries) {
            entries.forEach(entry -> names.add(entry instanceof Map<?, ?> one ? text(one, "name") : "?"));
        }
        return names.isEmpty() ? "it has none" : String.join(", ", names);
    }
}
