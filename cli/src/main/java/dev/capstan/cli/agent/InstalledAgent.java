package dev.capstan.cli.agent;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * The agent that is installed on a node, as its properties file has it.
 *
 * @param layout where it lies
 * @param node name of the Node
 * @param server the API's URL
 */
record InstalledAgent(Layout layout, String node, String server) {

    /** That of the node; nothing where none is installed. */
    static Optional<InstalledAgent> of(Layout layout) {
        var properties = new Properties();
        try (var in = Files.newInputStream(layout.properties())) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException none) {
            return Optional.empty();
        }
        return Optional.of(new InstalledAgent(
                layout,
                properties.getProperty("node", "").strip(),
                properties.getProperty("server", "").strip()));
    }

    /** Its token; nothing where it cannot be read. */
    Optional<String> token() {
        return text(layout.token());
    }

    /** The UID of its cluster; nothing where it has met none. */
    Optional<String> pin() {
        return pin(layout);
    }

    /** The UID of the cluster that a node belongs to, whether or not an agent is installed. */
    static Optional<String> pin(Layout layout) {
        return text(layout.pin());
    }

    /** The way to its cluster, as the agent itself goes; nothing where a part of it cannot be read. */
    Optional<Kubeconfig> kubeconfig() {
        return token().flatMap(token -> text(layout.authority())
                .map(authority -> new Credential(node, URI.create(server), authority, pin().orElse(""), token)
                        .kubeconfig("the agent's credential")));
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
