package dev.capstan.runtime;

import dev.capstan.runtime.toml.Toml;
import dev.capstan.runtime.toml.TomlException;
import dev.capstan.runtime.toml.TomlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * containerd's configuration as containerd itself reads it: what {@code containerd config dump} prints, where main file,
 * imported files and defaults are merged as that very version merges them, and files of older versions are converted. What
 * a file says is no evidence: a table in the section of another version is passed over in silence, and an imported file
 * may replace a whole plugin's settings (measured on 1.6.20, 1.7.24 and 2.1.9).
 *
 * @param version of the dump: 2 from containerd 1.6 and 1.7, 3 from containerd 2
 * @param registryTable the heading of the table that holds {@code config_path}, as this version spells it in a file of its
 *     own version
 * @param configPath the value as it stands; empty where it is not set
 * @param mirrors the registries under the legacy table {@code registry.mirrors}
 * @param tlsConfigs the registries under the legacy table {@code registry.configs} that have a {@code tls} table there
 * @param transferPulls whether CRI pulls go through the transfer service, which takes a {@code config_path} of several roots
 *     as the name of one folder (containerd 2.1 and newer, unless {@code use_local_image_pull} is set)
 * @param imports as the dump has them: in 1.x the files that were read, the main file among them; in 2.x the patterns of
 *     the main file
 * @param address the socket that serves CRI
 * @param disabled the plugins that are disabled
 * @param tree the whole dump
 */
public record RuntimeConfiguration(
        int version,
        String registryTable,
        String configPath,
        List<String> mirrors,
        List<String> tlsConfigs,
        boolean transferPulls,
        List<String> imports,
        String address,
        List<String> disabled,
        TomlTable tree) {

    private static final String CRI_V2 = "io.containerd.grpc.v1.cri";
    private static final String IMAGES_V3 = "io.containerd.cri.v1.images";

    public RuntimeConfiguration {
        mirrors = List.copyOf(mirrors);
        tlsConfigs = List.copyOf(tlsConfigs);
        imports = List.copyOf(imports);
        disabled = List.copyOf(disabled);
    }

    /**
     * Reads what {@code containerd config dump} printed.
     *
     * @throws ContainerRuntimeException if it is not TOML or lacks what every version prints; the message says which
     */
    public static RuntimeConfiguration parse(String dump) throws ContainerRuntimeException {
        TomlTable tree;
        try {
            tree = Toml.parse(dump);
        } catch (TomlException odd) {
            throw new ContainerRuntimeException(
                    "what containerd config dump prints is not understood: " + odd.getMessage(), odd);
        }
        int version = tree.value("version")
                .filter(value ->
                        value instanceof TomlTable.Scalar && value.toString().matches("\\d{1,4}"))
                .map(value -> Integer.parseInt(value.toString()))
                .orElse(0);
        if (version < 2) {
            throw new ContainerRuntimeException("what containerd config dump prints has version "
                    + tree.value("version").orElse("none") + ": Capstan understands 2 and newer");
        }
        String plugin = version == 2 ? CRI_V2 : IMAGES_V3;
        Optional<TomlTable> registry = tree.table("plugins", plugin, "registry");
        Optional<TomlTable> images = tree.table("plugins", plugin);
        boolean transfer = images.filter(table ->
                        table.value("use_local_image_pull").isPresent() && !table.isTrue("use_local_image_pull"))
                .isPresent();
        return new RuntimeConfiguration(
                version,
                "plugins.\"" + plugin + "\".registry",
                registry.flatMap(table -> table.text("config_path")).orElse(""),
                keys(registry, "mirrors"),
                keys(registry, "configs").stream()
                        .filter(host -> registry.flatMap(there -> there.table("configs", host, "tls"))
                                .isPresent())
                        .toList(),
                transfer,
                tree.texts("imports").orElse(List.of()),
                tree.table("grpc").flatMap(table -> table.text("address")).orElse(RuntimeLayout.CONTAINERD_SOCKET),
                tree.texts("disabled_plugins").orElse(List.of()),
                tree);
    }

    /** The roots of {@code config_path}, in the order in which they are looked through. */
    public List<String> roots() {
        List<String> roots = new ArrayList<>();
        for (String root : configPath.split(":", -1)) {
            if (!root.isEmpty()) {
                roots.add(root);
            }
        }
        return List.copyOf(roots);
    }

    /** Whether the plugin that serves CRI is switched off. */
    public boolean criDisabled() {
        return disabled.contains("cri") || disabled.contains(CRI_V2) || (version > 2 && disabled.contains(IMAGES_V3));
    }

    private static List<String> keys(Optional<TomlTable> registry, String table) {
        return registry.flatMap(there -> there.table(table))
                .map(there -> List.copyOf(there.values().keySet()))
                .orElse(List.of());
    }
}
