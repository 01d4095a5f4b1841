package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.agent.Agent;
import dev.capstan.resources.AgentRights;
import dev.capstan.resources.ObjectNames;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * An agent in a process of its own on a root that is a folder, with the rights of one node at Kubernetes' own API server:
 * what is judged of it is the bundle in that folder, its log and what it tells the API.
 */
final class WatchedNode implements AutoCloseable {

    static final String NAME = "watched-node";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCOUNTS = "/api/v1/namespaces/capstan-system/serviceaccounts";

    private final Api api;
    private final Path folder;
    private final String server;
    private final Path authority;
    private Process process;

    /**
     * The node in this folder.
     *
     * @param api the administrator's
     * @param server where its agent finds the API
     * @param authority PEM of the CA of that API, copied to the node
     */
    WatchedNode(Api api, Path folder, String server, String authority) throws IOException {
        this.api = api;
        this.folder = folder;
        this.server = server;
        this.authority = folder.resolve("ca.crt");
        for (String path : List.of(
                "etc/ssl/certs",
                "usr/sbin",
                "usr/local/share/ca-certificates",
                "usr/share/ca-certificates",
                "var/lib",
                "proc")) {
            Files.createDirectories(folder.resolve("root").resolve(path));
        }
        Files.writeString(folder.resolve("root/etc/debian_version"), "12.5\n");
        Files.writeString(folder.resolve("root/etc/ca-certificates.conf"), "");
        Files.writeString(folder.resolve("root/usr/sbin/update-ca-certificates"), "#!/bin/sh\n");
        Files.writeString(bundle(), "");
        trust(authority);
    }

    /** Makes its NodeTrust, its Lease, its account and its roles. */
    void join() throws IOException, InterruptedException {
        api.write("POST", ACCOUNTS, JSON.writeValueAsString(AgentRights.serviceAccount(NAME)));
        for (Map<String, Object> object : AgentRights.objects(NAME)) {
            JsonNode json = JSON.valueToTree(object);
            String namespace = json.at("/metadata/namespace").asText();
            api.write("POST", roles(json.path("kind").asText(), namespace), json.toString());
        }
        api.write(
                "POST",
                "/apis/capstan.dev/v1/nodetrusts",
                "{\"apiVersion\":\"capstan.dev/v1\",\"kind\":\"NodeTrust\",\"metadata\":{\"name\":\"" + NAME
                        + "\"},\"spec\":{\"followSecret\":true}}");
        api.write(
                "POST",
                "/apis/coordination.k8s.io/v1/namespaces/capstan-system/leases",
                "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"" + NAME
                        + "\"}}");
    }

    private static String roles(String kind, String namespace) {
        return "/apis/rbac.authorization.k8s.io/v1/" + (namespace.isEmpty() ? "" : "namespaces/" + namespace + "/")
                + kind.toLowerCase(Locale.ROOT) + "s";
    }

    /** Takes the right to read the Secret away, or gives it back. */
    void mayReadSecret(boolean now) throws IOException, InterruptedException {
        String bindings = roles("RoleBinding", "kube-system");
        if (now) {
            for (Map<String, Object> object : AgentRights.objects(NAME)) {
                JsonNode json = JSON.valueToTree(object);
                if (json.path("kind").asText().equals("RoleBinding")
                        && json.at("/metadata/namespace").asText().equals("kube-system")) {
                    api.write("POST", bindings, json.toString());
                }
            }
        } else {
            api.write("DELETE", bindings + "/" + ObjectNames.agent(NAME), "");
        }
    }

    /** Takes its account away, and with it every token of it. */
    void loseAccount() throws IOException, InterruptedException {
        api.write("DELETE", ACCOUNTS + "/" + ObjectNames.agent(NAME), "");
    }

    /** Gives it the account again. */
    void regainAccount() throws IOException, InterruptedException {
        api.write("POST", ACCOUNTS, JSON.writeValueAsString(AgentRights.serviceAccount(NAME)));
    }

    /** Puts a new token where the agent reads it. */
    void deliverToken() throws IOException, InterruptedException {
        String answer = api.write(
                "POST",
                ACCOUNTS + "/" + ObjectNames.agent(NAME) + "/token",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"expirationSeconds\":3600}}");
        Files.writeString(
                folder.resolve("token"),
                JSON.readTree(answer).at("/status/token").asText());
    }

    /** Replaces the CA that its agent believes. */
    void trust(String pem) throws IOException {
        Files.writeString(authority, pem);
    }

    void start() throws IOException {
        Path settings = Files.writeString(
                folder.resolve("agent.properties"),
                "server = " + server + "\ncertificate-authority = " + authority + "\ntoken = " + folder.resolve("token")
                        + "\nnode = " + NAME + "\nroot = " + folder.resolve("root") + "\nruntime = none\n");
        process = Program.clean()
                .start(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java")
                                        .toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx32m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Agent.class.getName(),
                                settings.toString()),
                        Path.of("/dev/null"),
                        folder.resolve("log"));
    }

    /** What its agent has said so far. */
    String log() {
        return read(folder.resolve("log"));
    }

    /** Why the agent says on the node's disk that the API is away; empty while it is not. */
    String note() {
        Path note = folder.resolve("root/var/lib/capstan/agent/api-away");
        return Files.exists(note) ? read(note) : "";
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException goneMeanwhile) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path bundle() {
        return folder.resolve("root/etc/ssl/certs/ca-certificates.crt");
    }

    /** The identities of what its bundle holds. */
    Set<String> held() {
        try {
            return identities(read(bundle()));
        } catch (AssertionError whileReplaced) {
            return Set.of("?");
        }
    }

    /** The identities of these certificates, sorted. */
    static Set<String> identities(String pem) {
        Set<String> identities = new TreeSet<>();
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                identities.add(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError("no certificates", e);
        }
        return identities;
    }

    /** The fingerprint of a set, reckoned without Capstan's code. */
    static String fingerprint(Set<String> identities) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeSet<>(identities)
                    .forEach(identity -> digest.update(HexFormat.of().parseHex(identity)));
            return "v1:" + HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The status of its NodeTrust now. */
    JsonNode status() {
        try {
            return JSON.readTree(api.get("/apis/capstan.dev/v1/nodetrusts/" + NAME))
                    .path("status");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes down every status that its NodeTrust has, from now to the end of the stream. */
    List<JsonNode> record() throws IOException, InterruptedException {
        List<JsonNode> states = new CopyOnWriteArrayList<>();
        Stream<String> lines =
                api.lines("/apis/capstan.dev/v1/nodetrusts?watch=true&fieldSelector=metadata.name%3D" + NAME);
        Thread.ofVirtual().start(() -> {
            try (lines) {
                lines.filter(line -> !line.isBlank()).forEach(line -> states.add(state(line)));
            } catch (UncheckedIOException ended) {
                // With its server, which a later test restarts.
            }
        });
        return states;
    }

    private static JsonNode state(String line) {
        try {
            return JSON.readTree(line).at("/object/status");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The certificates that a status names. */
    static Set<String> told(JsonNode status) {
        List<String> identities = new ArrayList<>();
        status.path("certificates")
                .forEach(
                        certificate -> identities.add(certificate.path("sha256").asText()));
        return new TreeSet<>(identities);
    }

    @Override
    public void close() throws IOException {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
