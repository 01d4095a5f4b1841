package dev.capstan.server.incluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.resources.ClientCertificate;
import dev.capstan.resources.ClusterEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The current context of a kubeconfig as administrators have it (Kubernetes: client-go, api/v1 Config): a token, a file with one,
 * or a client certificate with its key, inline or in files, whose paths count from the kubeconfig's folder. As kubectl has it,
 * what is inline goes before a file; a token goes before a certificate. A token's file is read at each request.
 *
 * <p>Not taken, and said: programs that fetch a credential, since the controller runs unattended and no such program is in its
 * image; passwords; another user to act as; a server that is not verified, or by another name, or through a proxy. What is
 * wrong is said together.
 *
 * @param endpoint what it comes to
 */
record Kubeconfig(ClusterEndpoint endpoint) {

    private static final YAMLMapper YAML = new YAMLMapper();

    private static final String ADVICE =
            "; a token with the controller's rights:" + " kubectl create token -n capstan-system capstan-controller";

    /** What is not taken of a user, and of a cluster. */
    private static final Map<String, String> REFUSED = new TreeMap<>(Map.ofEntries(
            Map.entry("exec", "its user's credential comes from a program (exec), which is not run here"),
            Map.entry("auth-provider", "its user logs in by an auth-provider, which Kubernetes itself has given up"),
            Map.entry("username", "its user has a name and a password, which Kubernetes has given up"),
            Map.entry("as", "its user acts as another (as), which is not done here"),
            Map.entry("insecure-skip-tls-verify", "its cluster is not verified (insecure-skip-tls-verify)"),
            Map.entry("proxy-url", "its cluster is reached through a proxy (proxy-url), which is not done here"),
            Map.entry(
                    "tls-server-name",
                    "its cluster is verified by another name (tls-server-name), which is not done here")));

    /** Reads the file. */
    static Kubeconfig read(Path file) throws IOException {
        JsonNode config;
        try {
            config = YAML.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            // Without its cause, which quotes what it read.
            throw new IOException(file + " is no kubeconfig: it is no YAML");
        }
        String name = config.path("current-context").asText();
        if (name.isEmpty()) {
            throw new IOException(file + " is no kubeconfig, or has no current context");
        }
        Reading reading = new Reading(file, new ArrayList<>());
        JsonNode context = reading.entry(config.path("contexts"), "context", name);
        JsonNode cluster = reading.entry(
                config.path("clusters"), "cluster", context.path("cluster").asText());
        JsonNode user =
                reading.entry(config.path("users"), "user", context.path("user").asText());
        ClusterEndpoint endpoint = reading.endpoint(cluster, user);
        if (!reading.wrong.isEmpty()) {
            throw new IOException("context " + name + " of " + file + " cannot be used: "
                    + String.join("; ", reading.wrong) + ADVICE);
        }
        return new Kubeconfig(endpoint);
    }

    /** What is found wrong on the way. */
    private record Reading(Path file, List<String> wrong) {

        JsonNode entry(JsonNode entries, String kind, String name) {
            for (JsonNode entry : entries) {
                if (entry.path("name").asText().equals(name)) {
                    return entry.path(kind);
                }
            }
            wrong.add("it has no " + kind + " '" + name + "'");
            return entries.path(kind);
        }

        ClusterEndpoint endpoint(JsonNode cluster, JsonNode user) {
            REFUSED.forEach((member, words) -> {
                if (isSaid(cluster.path(member)) || isSaid(user.path(member))) {
                    wrong.add(words);
                }
            });
            String server = cluster.path("server").asText().replaceAll("/+$", "");
            if (!server.startsWith("https://")) {
                wrong.add("its cluster has no server with https");
            }
            String authority = given(cluster, "certificate-authority");
            if (authority.isBlank()) {
                wrong.add("its cluster has no certificate-authority, and whom to trust has to be said");
            }
            String token = user.path("token").asText();
            Path tokenFile =
                    user.hasNonNull("tokenFile") ? place(user.path("tokenFile").asText()) : null;
            if (!token.isEmpty()) {
                return ClusterEndpoint.of(server, authority, token);
            }
            if (tokenFile != null) {
                content(tokenFile);
                return new ClusterEndpoint(server, authority, () -> text(tokenFile));
            }
            return new ClusterEndpoint(server, authority, () -> "", certificate(user));
        }

        private @Nullable ClientCertificate certificate(JsonNode user) {
            int before = wrong.size();
            var certificate = new ClientCertificate(given(user, "client-certificate"), given(user, "client-key"));
            if (wrong.size() > before) {
                return null;
            }
            if (certificate.certificate().isBlank() || certificate.key().isBlank()) {
                wrong.add("its user has neither a token nor a client certificate with its key");
                return null;
            }
            try {
                certificate.algorithm();
            } catch (IllegalArgumentException e) {
                wrong.add("its user's client-key cannot be used: " + e.getMessage());
            }
            return certificate;
        }

        /** What stands under {@code MEMBER-data} in base64, or in the file that {@code MEMBER} names; empty where there is none. */
        private String given(JsonNode part, String member) {
            String data = part.path(member + "-data").asText();
            if (data.isEmpty()) {
                String named = part.path(member).asText();
                return named.isEmpty() ? "" : content(place(named));
            }
            try {
                return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                wrong.add("its " + member + "-data is no base64");
                return "";
            }
        }

        private Path place(String named) {
            return file.toAbsolutePath().resolveSibling(named);
        }

        private String content(Path place) {
            try {
                return Files.readString(place);
            } catch (IOException e) {
                wrong.add(place + " cannot be read: " + e);
                return "";
            }
        }

        private static String text(Path token) {
            try {
                return Files.readString(token).strip();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the token in " + token, e);
            }
        }

        private static boolean isSaid(JsonNode value) {
            return !value.isMissingNode()
                    && !value.isNull()
                    && !(value.isBoolean() && !value.asBoolean())
                    && !(value.isTextual() && value.asText().isEmpty());
        }
    }
}
