package dev.capstan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.capstan.cli.session.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An API that answers what a test told it to, over TLS, and remembers what it was asked; with a home that leads to it. The
 * process that the home names as its control plane is this one.
 */
final class FakeApi implements AutoCloseable {

    static final String TOKEN = "the-administrators-own-token";
    static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";

    private static final char[] PASSWORD = "changeit".toCharArray();

    /** One for all tests: keytool takes a while. */
    private static final Keys KEYS = newKeys(0, 30);

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Path home;
    private final Keys keys;

    private FakeApi(HttpsServer server, Path home, Keys keys) {
        this.server = server;
        this.home = home;
        this.keys = keys;
    }

    /**
     * What was asked.
     *
     * @param method HTTP method
     * @param path path and query
     * @param body the body, a missing node if there was none
     */
    record Asked(String method, String path, JsonNode body) {}

    private record Answer(int status, String body, Map<String, String> headers) {}

    private record Keys(KeyStore store, Certificate authority) {}

    static FakeApi start(Path home) throws Exception {
        return start(home, KEYS);
    }

    /** One whose certificate was good until five days ago. */
    static FakeApi startExpired(Path home) throws Exception {
        return start(home, newKeys(-10, 5));
    }

    private static FakeApi start(Path home, Keys keys) throws Exception {
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys.store(), PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        var api = new FakeApi(server, home, keys);
        server.setExecutor(api.threads);
        server.createContext("/", api::handle);
        server.start();
        api.writeHome();
        return api;
    }

    Path home() {
        return home;
    }

    String endpoint() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * Answers a request. Several answers to one request are given in turn, the last one again and again.
     *
     * @param request method and path without query; of a watch, {@code WATCH} and path
     * @param status HTTP status; 0 cuts the connection without an answer
     * @param body JSON; of a watch, one event per line
     */
    FakeApi on(String request, int status, String body) {
        return on(request, status, body, Map.of());
    }

    /** As above, with headers; {@code HOST} in one stands for this API's own URL. */
    FakeApi on(String request, int status, String body, Map<String, String> headers) {
        answers.computeIfAbsent(request, key -> new ArrayDeque<>()).add(new Answer(status, body, headers));
        return this;
    }

    /** Answers every request of this method that nothing else answers: for paths that the client makes up. */
    FakeApi onAny(String method, int status, String body) {
        return on(method + " *", status, body);
    }

    List<Asked> asked() {
        return asked;
    }

    /** The one body that was sent with this method to this path. */
    JsonNode sent(String method, String path) {
        var bodies = asked.stream()
                .filter(one -> one.method().equals(method) && one.path().equals(path))
                .map(Asked::body)
                .toList();
        if (bodies.size() != 1) {
            throw new AssertionError(bodies.size() + " requests " + method + " " + path + ", not one: " + asked);
        }
        return bodies.getFirst();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(new Asked(
                    exchange.getRequestMethod(), uri.toString(), body.isEmpty() ? Json.missing() : Json.parse(body)));
            var isWatch = uri.getRawQuery() != null && uri.getRawQuery().contains("watch=true");
            var answer = ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    ? next((isWatch ? "WATCH" : exchange.getRequestMethod()) + " " + uri.getPath())
                    : new Answer(401, "{\"kind\":\"Status\",\"message\":\"Unauthorized\"}", Map.of());
            if (answer.status() == 0) {
                // Closing without an answer cuts the connection.
                return;
            }
            var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            answer.headers()
                    .forEach((name, value) ->
                            exchange.getResponseHeaders().set(name, value.replace("HOST", endpoint())));
            exchange.sendResponseHeaders(
                    answer.status(), isWatch ? 0 : bytes.length == 0 || answer.status() == 204 ? -1 : bytes.length);
            if (answer.status() != 204) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private Answer next(String request) {
        var queue = answers.getOrDefault(request, answers.get(request.substring(0, request.indexOf(' ')) + " *"));
        if (queue == null) {
            return new Answer(404, "{\"kind\":\"Status\",\"message\":\"nothing at " + request + "\"}", Map.of());
        }
        synchronized (queue) {
            return queue.size() > 1 ? queue.remove() : queue.element();
        }
    }

    private void writeHome() throws Exception {
        Files.createDirectories(home.resolve("pki"));
        Files.writeString(home.resolve("admin.token"), TOKEN + "\n");
        Files.writeString(home.resolve("config"), "# kept\nlisten-port=1\nsubscription=" + SUBSCRIPTION + "\n");
        Files.writeString(
                home.resolve("pki/ca.crt"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(keys.authority().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        writeServer(ProcessHandle.current().pid());
    }

    /** Names the process as the control plane. */
    void writeServer(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        var state = Json.object()
                .put("pid", pid)
                .put(
                        "started",
                        Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]))
                .put("endpoint", endpoint())
                .put("caFile", home.resolve("pki/ca.crt").toString())
                .put("version", "1.2.3")
                .put("home", home.toString());
        state.putArray("needs").add("containerd: install it");
        Files.writeString(home.resolve("server.json"), state.toString());
    }

    /** The keys of a server, signed by an authority, valid for these days from that day on. */
    private static Keys newKeys(int firstDay, int days) {
        try {
            var file = Files.createTempFile("keys", ".p12");
            Files.delete(file);
            keytool(file, "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c", "-validity", "30");
            keytool(
                    file,
                    "-alias",
                    "server",
                    "-signer",
                    "authority",
                    "-dname",
                    "CN=fake",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-startdate",
                    "%+dd".formatted(firstDay),
                    "-validity",
                    Integer.toString(days));
            var store = KeyStore.getInstance(file.toFile(), PASSWORD);
            Files.delete(file);
            var authority = store.getCertificate("authority");
            store.deleteEntry("authority");
            return new Keys(store, authority);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void keytool(Path file, String... words) throws Exception {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/keytool",
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(words));
        var keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(5, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
            throw new AssertionError("keytool: " + said);
        }
    }
}
