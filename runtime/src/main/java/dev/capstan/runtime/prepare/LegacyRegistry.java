package dev.capstan.runtime.prepare;

import dev.capstan.runtime.toml.TomlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The registry settings of before {@code config_path}, {@code registry.mirrors} and {@code registry.configs.*.tls}, which
 * containerd refuses beside it: the whole CRI service is then gone (containerd: {@code ValidatePluginConfig}; measured on
 * 1.6.20). Says what host directories would take their place (containerd: docs/hosts.md, docs/cri/registry.md).
 */
final class LegacyRegistry {

    /** A {@code hosts.toml}: its folder under the root of host directories, and its lines. */
    record HostsFile(String folder, List<String> lines) {}

    /** The mirror of every registry that has none of its own. */
    private static final String EVERY = "*";

    private final Optional<TomlTable> registry;
    private final String bundle;

    private LegacyRegistry(Optional<TomlTable> registry, String bundle) {
        this.registry = registry;
        this.bundle = bundle;
    }

    /**
     * The files that would replace what a configuration has of them, for a person to look at and write; empty where it
     * has nothing of them.
     *
     * @param dump what containerd says of its configuration
     * @param bundle the node's bundle, which every entry names: a registry with a host directory of its own reads no other
     */
    static List<HostsFile> instead(TomlTable dump, String bundle) {
        List<HostsFile> files = new ArrayList<>();
        for (String plugin : List.of(ConfigPathEdit.IMAGES, ConfigPathEdit.CRI)) {
            files.addAll(new LegacyRegistry(dump.table("plugins", plugin, "registry"), bundle).files());
        }
        return files;
    }

    private List<HostsFile> files() {
        List<HostsFile> files = new ArrayList<>();
        List<String> mirrors = names("mirrors");
        for (String host : mirrors) {
            files.add(new HostsFile(host.equals(EVERY) ? "REGISTRY" : host, mirror(host)));
        }
        for (String host : names("configs")) {
            if (table("configs", host, "tls").isPresent() && !mirrors.contains(host)) {
                List<String> lines = new ArrayList<>(List.of("server = \"https://" + host + "\"", ""));
                lines.add("[host.\"https://" + host + "\"]");
                lines.addAll(trust(host, "  "));
                files.add(new HostsFile(host, lines));
            }
        }
        return files;
    }

    private List<String> mirror(String host) {
        List<String> lines = new ArrayList<>();
        if (host.equals(EVERY)) {
            lines.add(
                    "# one such file for each registry that is pulled through it, in a folder of that registry's name:");
            lines.add("# _default/hosts.toml would keep all of them from Capstan's set");
        } else {
            String server = host.equals("docker.io") ? "registry-1.docker.io" : host;
            lines.add("server = \"https://" + server + "\"");
            lines.addAll(trust(host, ""));
            lines.add("");
        }
        List<String> endpoints =
                table("mirrors", host).flatMap(table -> table.texts("endpoint")).orElse(List.of());
        for (String endpoint : endpoints) {
            lines.add("[host.\"" + endpoint + "\"]");
            lines.add("  capabilities = [\"pull\", \"resolve\"]");
            if (!endpoint.startsWith("http://")) {
                lines.addAll(trust(endpoint.replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", ""), "  "));
            }
        }
        return lines;
    }

    private List<String> trust(String host, String indentation) {
        Optional<TomlTable> tls = table("configs", host, "tls");
        List<String> lines = new ArrayList<>();
        lines.add(indentation
                + tls.flatMap(table -> table.text("ca_file"))
                        .filter(own -> !own.isEmpty())
                        .map(own -> "ca = [\"" + bundle + "\", \"" + own + "\"]")
                        .orElse("ca = \"" + bundle + "\""));
        if (tls.filter(table -> table.isTrue("insecure_skip_verify")).isPresent()) {
            lines.add(indentation + "skip_verify = true");
        }
        tls.flatMap(table -> table.text("cert_file"))
                .filter(certificate -> !certificate.isEmpty())
                .ifPresent(certificate -> lines.add(indentation + "client = [[\"" + certificate + "\", \""
                        + tls.flatMap(table -> table.text("key_file")).orElse("") + "\"]]"));
        return lines;
    }

    private List<String> names(String table) {
        return table(table).map(there -> List.copyOf(there.values().keySet())).orElse(List.of());
    }

    private Optional<TomlTable> table(String... path) {
        return registry.flatMap(there -> there.table(path));
    }
}
