package dev.capstan.agent;

import dev.capstan.agent.api.Endpoint;
import dev.capstan.agent.api.Token;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is told: by its properties file, or, in a pod, by its surroundings.
 *
 * @param server the API server ({@code server}: https URL, with a path prefix where the API has one)
 * @param certificateAuthority PEM file of the API's CA ({@code certificate-authority})
 * @param token the node's credential ({@code token}: file with the bearer token)
 * @param node the node's name ({@code node}: as Kubernetes writes names, RFC 1123 subdomain)
 * @param root root of the node's file system ({@code root}; {@code /} where it is not said)
 * @param proc proc file system in which the node's processes are seen ({@code proc}; {@code /proc} where it is not said)
 * @param hasRuntime false where the node has no container runtime and never will ({@code runtime=none})
 * @param program the capstan program as seen inside the root, for the hook of the distribution's tool ({@code program});
 *     absent where none is to be seen there
 */
record Settings(
        Endpoint server,
        Path certificateAuthority,
        Token token,
        String node,
        Path root,
        Path proc,
        boolean hasRuntime,
        @Nullable Path program) {

    private static final int MAX_NAME = 253;

    /** Where a pod finds its service account, see Kubernetes' "Accessing the Kubernetes API from a Pod". */
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * The settings of an agent in a pod of its cluster: the API server and the service account as Kubernetes tells every
     * pod, the node from {@code CAPSTAN_NODE} and the root of its file system from {@code CAPSTAN_ROOT}, which is nowhere
     * but in an image: without it the agent would take its container for the node. No program is to be seen inside that
     * root, so none is hooked to the distribution's tool.
     *
     * @param environment the process's variables
     * @throws IllegalArgumentException with everything that is wrong with them
     */
    static Settings inCluster(Map<String, String> environment) {
        return inCluster(environment, SERVICE_ACCOUNT);
    }

    /** The same, where the service account is told in this folder. */
    static Settings inCluster(Map<String, String> environment, Path account) {
        Properties properties = new Properties();
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "").trim();
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "").trim();
        if (!host.isEmpty()) {
            String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
            properties.setProperty("server", "https://" + address + (port.isEmpty() ? "" : ":" + port));
        }
        properties.setProperty(
                "certificate-authority", account.resolve("ca.crt").toString());
        properties.setProperty("token", account.resolve("token").toString());
        properties.setProperty("node", environment.getOrDefault("CAPSTAN_NODE", ""));
        properties.setProperty("root", environment.getOrDefault("CAPSTAN_ROOT", ""));
        return new Reader(
                        "the environment of a pod (KUBERNETES_SERVICE_HOST, CAPSTAN_NODE, CAPSTAN_ROOT; the service account in "
                                + account + ")",
                        properties,
                        null,
                        Token::renewedByKubelet,
                        new ArrayList<>())
                .settings();
    }

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
        return new Reader("the properties file " + file, properties, "/", Token::new, new ArrayList<>()).settings();
    }

    /** Where the agent keeps its own files. */
    Path folder() {
        return root.resolve("var/lib/capstan/agent");
    }

    private record Reader(
            String source,
            Properties properties,
            @Nullable String usualRoot,
            Function<Path, Token> credential,
            List<String> wrong) {

        Settings settings() {
            Endpoint server = server();
            Path authority = path("certificate-authority", null);
            Path token = path("token", null);
            String node = value("node", null);
            if (!node.isEmpty() && !isName(node)) {
                wrong.add("'node' is no name of a Kubernetes node: '" + node + "'");
            }
            Path root = path("root", usualRoot);
            Path proc = path("proc", "/proc");
            String runtime = properties.getProperty("runtime", "").trim();
            if (!runtime.isEmpty() && !runtime.equals("none")) {
                wrong.add("'runtime' may be 'none' or absent, not '" + runtime + "'");
            }
            Path program = path("program", "");
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(source + " cannot be used: " + String.join("; ", wrong));
            }
            return new Settings(
                    server,
                    authority,
                    credential.apply(token),
                    node,
                    root,
                    proc,
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
