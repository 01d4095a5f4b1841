package dev.capstan.endtoend.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prometheus itself, beside a cluster, with the scrape entry and the alert rules of deploy/monitoring; asked by its own API. */
final class Prometheus implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MONITORING = Repository.ROOT.resolve("deploy/monitoring");
    private static final String TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    private static final String NOT_VERIFIED = "insecure_skip_verify: true";

    private final Process process;
    private final String url;
    private final Path log;

    private Prometheus(Process process, String url, Path log) {
        this.process = process;
        this.url = url;
        this.log = log;
    }

    /**
     * Starts it; returns when it answers.
     *
     * @param folder where everything it writes goes
     * @param target where the controller's metrics are
     * @param authority the CA of the controller's certificate
     * @param token what it shows the controller
     */
    static Prometheus start(Path folder, String target, Path authority, Path token) throws IOException {
        Files.createDirectories(folder);
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        // Debian's build has no discovery by Kubernetes: what pods it would find is said here. The rest is the entry's.
        String whole = Files.readString(MONITORING.resolve("scrape.yaml")).replace(TOKEN, token.toString());
        String entry = whole.substring(0, whole.indexOf("  kubernetes_sd_configs:")) + "  static_configs: [{targets: ['"
                + target + "']}]\n";
        String verified = entry.replace("job_name: capstan-controller", "job_name: capstan-controller-verified")
                .replace(
                        NOT_VERIFIED,
                        "ca_file: " + authority + "\n    server_name: capstan-controller.capstan-system.svc");
        Path configuration = Files.writeString(
                folder.resolve("prometheus.yml"),
                "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ["
                        + MONITORING.resolve("alerts.yaml") + "]\nscrape_configs:\n" + entry + verified);
        Path log = folder.resolve("log");
        var started = new Prometheus(
                Program.clean()
                        .start(
                                List.of(
                                        "prometheus",
                                        "--config.file=" + configuration,
                                        "--storage.tsdb.path=" + folder.resolve("data"),
                                        "--web.listen-address=127.0.0.1:" + port),
                                Path.of("/dev/null"),
                                log),
                "http://127.0.0.1:" + port,
                log);
        try {
            Await.until("Prometheus is ready", () -> started.isReady());
        } catch (AssertionError e) {
            started.close();
            throw new AssertionError(e.getMessage() + ":\n" + Files.readString(log), e);
        }
        return started;
    }

    /** The present values of what a query finds. */
    List<String> values(String query) {
        List<String> values = new ArrayList<>();
        ask("/api/v1/query", "--data-urlencode", "query=" + query)
                .at("/data/result")
                .forEach(found -> values.add(found.at("/value/1").asText()));
        return values;
    }

    /** What it makes of its targets. */
    String targets() {
        return ask("/api/v1/targets").toString();
    }

    /** The health of each alert rule, by its name. */
    Map<String, String> rules() {
        Map<String, String> rules = new HashMap<>();
        ask("/api/v1/rules")
                .at("/data/groups")
                .forEach(group -> group.path("rules")
                        .forEach(rule -> rules.put(
                                rule.path("name").asText(), rule.path("health").asText())));
        return rules;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private boolean isReady() {
        if (!process.isAlive()) {
            throw new AssertionError("Prometheus ended");
        }
        return curl("/-/ready").held();
    }

    private JsonNode ask(String path, String... options) {
        try {
            return JSON.readTree(curl(path, options).orFail().text());
        } catch (IOException e) {
            throw new UncheckedIOException("Prometheus, whose log is " + log, e);
        }
    }

    private Program.Output curl(String path, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-sf", "--max-time", "30", url + path));
        command.addAll(List.of(options));
        return Program.clean().run(command, "");
    }
}
