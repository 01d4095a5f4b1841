package dev.capstan.agent;

import dev.capstan.agent.api.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is told by its properties file.
 *
 * @param server the API server ({@code server}: https URL, with a path prefix where the API has one)
 * @param certificateAuthority PEM file of the API's CA ({@code certificate-authority})
 * @param token file with the bearer token ({@code token})
 * @param node the node's name ({@code node}: as Kubernetes writes names, RFC 1123 subdomain)
 * @param root root of the node's file system ({@code root}; {@code /} where it is not said)
 * @param hasRuntime false where the node has no container runtime and never will ({@code runtime=none})
 * @param program the capstan program as seen inside the root, for the hook of the distribution's tool ({@code program});
 *     absent where none is to be seen there
 */
record Settings(
        Endpoint server,
        Path certificateAuthority,
        Path token,
        String node,
        Path root,
        boolean hasRuntime,
        @Nullable Path program) {

    private static final int MAX_NAME = 253;

    /**
     * Reads a properties file.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    static Settings parse(Path file) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(
                    "the properties file " + file + " cannot be read: " + unreadable, unreadable);
        }
        return new Reader(file, properties).settings();
    }

    /** Where the agent keeps its own files. */
    Path folder() {
        return root.resolve("var/lib/capstan/agent");
    }

    private record Reader(Path file, Properties properties, List<String> wrong) {

        Reader(Path file, Properties properties) {
            this(file, properties, new ArrayList<>());
        }

        Settings settings() {
            Endpoint server = server();
            Path authority = path("certificate-authority", null);
            Path token = path("token", null);
            String node = value("node", null);
            if (!node.isEmpty() && !isName(node)) {
                wrong.add("'node' is no name of a Kubernetes node: '" + node + "'");
            }
            Path root = path("root", "/");
            String runtime = properties.getProperty("runtime", "").trim();
            if (!runtime.isEmpty() && !runtime.equals("none")) {
                wrong.add("'runtime' may be 'none' or absent, not '" + runtime + "'");
            }
            Path program = path("program", "");
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(
                        "the properties file " + file + " cannot be used: " + String.join("; ", wrong));
            }
            return new Settings(
                    server,
                    authority,
                    token,
                    node,
                    root,
                    runtime.isEmpty(),
                    program.toString().isEmpty() ? null : program);
        }

        private Endpoint server() {
            String url = value("server", null);
            try {
                return url.isEmpty() ? new Endpoint("", 0, "") : Endpoint.parse(url);
            } catch (IllegalArgumentException notOne) {
                wrong.add("'server': " + notOne.getMessage());
                return new Endpoint("", 0, "");
            }
        }

        private Path path(String key, @Nullable String otherwise) {
            try {
                return Path.of(value(key, otherwise));
            } catch (InvalidPathException notOne) {
                wrong.add("'" + key + "' is no path");
                return Path.of("");
            }
        }

        private String value(String key, @Nullable String otherwise) {
            String value = properties.getProperty(key, "").trim();
            if (!value.isEmpty()) {
                return value;
            }
            if (otherwise == null) {
                wrong.add("'" + key + "' is missing");
                return "";
            }
            return otherwise;
        }

        private static boolean isName(String text) {
            return text.length() <= MAX_NAME
                    && text.chars()
                            .allMatch(letter -> letter == '-'
                                    || letter == '.'
                                    || (letter >= 'a' && letter <= 'z')
                                    || (letter >= '0' && letter <= '9'));
        }
    }
}
