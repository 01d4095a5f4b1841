package dev.capstan.runtime;

import dev.capstan.runtime.toml.Toml;
import dev.capstan.runtime.toml.TomlException;
import dev.capstan.runtime.toml.TomlTable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code hosts.toml} as containerd takes it (containerd: core/remotes/docker/config/hosts.go; measured on 1.6.20, 1.7.24
 * and 2.1.9): a list of servers that are asked one after the other, each with its own certificates. The last is always the
 * registry itself, with what stands outside every {@code [host]} table.
 *
 * <p>A file of no bytes counts as no file. One that containerd refuses is passed over with a line in its log, and the
 * directory's {@code *.crt} count as if it were not there: broken TOML, a value of the wrong kind, and before 2.0 also a file
 * without any {@code [host]} table. From 2.0 on a server counts only where its table has a heading: one that is written as
 * an inline table or by dotted keys is passed over.
 *
 * @param servers in the order in which they are asked; empty if the file is refused
 * @param refused why containerd passes the file over; absent if it takes it
 */
record HostsFile(List<Server> servers, @Nullable String refused) {

    private static final Set<String> CAPABILITIES = Set.of("pull", "resolve", "push");

    /**
     * One server.
     *
     * @param place where its settings stand, for words: {@code [host."https://mirror.corp"]}, or {@code the top of the file}
     * @param address its host and port; empty if it is the registry's own
     * @param verified whether its certificate is verified at all: TLS, and not {@code skip_verify}
     * @param ca the certificate files named, as they are written; empty where none are
     */
    record Server(String place, String address, boolean verified, List<String> ca) {}

    /** The file's meaning for a containerd of version 2 or newer, or of one before. */
    static HostsFile parse(String text, boolean two) {
        try {
            TomlTable file = Toml.parse(text);
            Optional<TomlTable> hosts = file.table("host");
            if (hosts.isEmpty() && (!two || file.value("host").isPresent())) {
                return refuse("it has no [host] table");
            }
            List<Server> servers = new ArrayList<>();
            for (Map.Entry<String, Object> host :
                    hosts.map(TomlTable::values).orElse(Map.of()).entrySet()) {
                if (!(host.getValue() instanceof TomlTable table)) {
                    return refuse("[host] has a value " + host.getKey());
                }
                if (two && !table.hasHeading()) {
                    continue;
                }
                servers.add(server("[host.\"" + host.getKey() + "\"]", host.getKey(), table));
            }
            Object server = file.value("server").orElse("");
            if (!(server instanceof String address)) {
                return refuse("server is no text");
            }
            servers.add(server("the top of the file", address, file));
            return new HostsFile(List.copyOf(servers), null);
        } catch (TomlException | IllegalArgumentException broken) {
            return refuse(String.valueOf(broken.getMessage()));
        }
    }

    private static HostsFile refuse(String why) {
        return new HostsFile(List.of(), why);
    }

    private static Server server(String place, String address, TomlTable table) {
        if (table.value("ca").isPresent() && table.texts("ca").isEmpty()) {
            throw new IllegalArgumentException("ca is neither a text nor a list of texts");
        }
        if (table.value("capabilities").isPresent()) {
            List<String> capabilities = table.texts("capabilities")
                    .filter(texts -> table.text("capabilities").isEmpty())
                    .orElseThrow(() -> new IllegalArgumentException("capabilities is no list of texts"));
            for (String capability : capabilities) {
                if (!CAPABILITIES.contains(capability.toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException("there is no capability " + capability);
                }
            }
        }
        String url = address.isEmpty() || address.startsWith("http") ? address : "https://" + address;
        try {
            URI uri = new URI(url);
            String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
            return new Server(
                    place,
                    authority,
                    !"http".equals(uri.getScheme()) && !table.isTrue("skip_verify"),
                    table.texts("ca").orElse(List.of()));
        } catch (URISyntaxException odd) {
            throw new IllegalArgumentException("the address " + address + " is none", odd);
        }
    }
}
