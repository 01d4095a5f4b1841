package dev.capstan.agent;

import dev.capstan.resources.ObjectNames;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A Kubernetes API server for tests, as small as it can be and as hostile as a test wants it: raw TLS, the few objects an
 * agent knows, watches with history, and a script that may answer any request with anything.
 */
public final class FakeApi implements AutoCloseable {

    public static final String NODE = "aks-test-00000000-vmss000000";
    public static final String TOKEN = "first-token";

    private final SSLContext tls;
    private final ServerSocket listener;
    private final Set<Socket> open = new HashSet<>();
    private final List<Seen> seen = new ArrayList<>();
    private final List<Event> history = new ArrayList<>();
    private final Map<String, String> certificateSets = new TreeMap<>();
    private final List<String> statuses = new ArrayList<>();
    private final List<String> leases = new ArrayList<>();
    private String clusterUid = "11111111-aaaa-bbbb-cccc-000000000001";
    private String token = TOKEN;
    private String renewedToken = "";
    private String trust = "";
    private String annotations = "";
    private String secret = "";
    private Function<Seen, String> script = request -> null;
    private long version = 100;
    private long oldest = 0;
    private long generation = 0;
    private long leaseVersion = 1;
    private long bytesIn;
    private long bytesOut;
    private int connections;
    private boolean away;
    private Runnable atEachTry = () -> {};
    private int trickleMillis;

    /** A request as it came in. */
    public record Seen(String method, String path, String token, String body) {
        boolean isWatch() {
            return path.contains("watch=true");
        }

        boolean isSecrets() {
            return path.contains("/secrets?");
        }
    }

    private record Event(long version, boolean secret, String line) {}

    public FakeApi() throws IOException {
        this(TestPki.server());
    }

    public FakeApi(SSLContext tls) throws IOException {
        this.tls = tls;
        this.listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "https://127.0.0.1:" + listener.getLocalPort() + "/clusters/test";
    }

    // What the cluster holds.

    public synchronized void clusterUid(String uid) {
        clusterUid = uid;
        notifyAll();
    }

    public synchronized void token(String accepted) {
        token = accepted;
        notifyAll();
    }

    public synchronized void renewedToken(String next) {
        renewedToken = next;
    }

    public void trust(String certificateSet, boolean followSecret) {
        trust(certificateSet, followSecret, List.of());
    }

    public synchronized void trust(String certificateSet, boolean followSecret, Collection<String> distrusted) {
        spec((certificateSet == null ? "" : "\"certificateSet\":\"" + certificateSet + "\",")
                + "\"followSecret\":" + followSecret
                + (distrusted.isEmpty() ? "" : ",\"distrusted\":[\"" + String.join("\",\"", distrusted) + "\"]"));
    }

    /** A NodeTrust of this spec: the fields as JSON, without the braces around them. */
    public synchronized void spec(String fields) {
        boolean first = trust.isEmpty();
        generation++;
        trust = "{\"apiVersion\":\"capstan.dev/v1\",\"kind\":\"NodeTrust\",\"metadata\":{\"name\":\"" + NODE
                + "\",\"uid\":\"trust-uid\",\"generation\":" + generation + ",\"resourceVersion\":\"" + ++version
                + "\",\"annotations\":{" + annotations + "}},\"spec\":{" + fields + "}}";
        event(false, first ? "ADDED" : "MODIFIED", trust);
    }

    /** The NodeTrust's annotations from now on, as JSON without the braces around them; its generation stays. */
    public synchronized void annotate(String fields) {
        trust = trust.replace("\"annotations\":{" + annotations + "}", "\"annotations\":{" + fields + "}");
        annotations = fields;
        touchTrust();
    }

    /** Another write of the NodeTrust that asks for nothing new, as the agent's own status is. */
    public synchronized void touchTrust() {
        trust = trust.replaceFirst("\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + ++version + "\"");
        event(false, "MODIFIED", trust);
    }

    public void secret(Map<String, String> texts) {
        secret(texts, "");
    }

    /** A Secret with this annotation of endpoints; without the annotation where it is empty. */
    public synchronized void secret(Map<String, String> texts, String probes) {
        boolean first = secret.isEmpty();
        StringBuilder data = new StringBuilder();
        texts.forEach((key, text) -> data.append(data.isEmpty() ? "" : ",")
                .append('"')
                .append(key)
                .append("\":\"")
                .append(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                .append('"'));
        secret = "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"custom-ca-trust-secret\","
                + "\"namespace\":\"kube-system\",\"uid\":\"secret-uid\",\"resourceVersion\":\"" + ++version
                + "\""
                + (probes.isEmpty() ? "" : ",\"annotations\":{\"x\":\"y\",\"capstan.dev/probe\":\"" + probes + "\"}")
                + "},\"data\":{" + data + "},\"type\":\"Opaque\"}";
        event(true, first ? "ADDED" : "MODIFIED", secret);
    }

    public synchronized void deleteSecret() {
        String gone = secret.replaceFirst("\"resourceVersion\":\"\\d+\"", "\"resourceVersion\":\"" + ++version + "\"");
        secret = "";
        event(true, "DELETED", gone);
    }

    public synchronized void certificateSet(String fingerprint, String... pems) {
        StringBuilder texts = new StringBuilder();
        for (String pem : pems) {
            texts.append(texts.isEmpty() ? "" : ",")
                    .append('"')
                    .append(pem.replace("\n", "\\n"))
                    .append('"');
        }
        certificateSets.put(
                fingerprint.replace(':', '-'),
                "{\"kind\":\"CertificateSet\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"certificates\":[" + texts
                        + "]}}");
    }

    // What it does.

    /** Every request is first offered to the script; what it answers goes over the wire as it is, and the connection ends. */
    public synchronized void script(Function<Seen, String> answers) {
        script = answers;
        notifyAll();
    }

    /** A line as it is, to every watch of the Secret or of the NodeTrust. */
    public synchronized void raw(boolean ofSecret, String line) {
        history.add(new Event(++version, ofSecret, line));
        notifyAll();
    }

    /** A bookmark of the newest version, to every watch of the Secret or of the NodeTrust. */
    public synchronized void bookmark(boolean ofSecret) {
        raw(
                ofSecret,
                "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Secret\",\"metadata\":{\"resourceVersion\":\""
                        + (version + 1) + "\"}}}\n");
    }

    /** Becomes what it was at an older version, with this Secret, as an etcd that was restored from a backup. */
    public synchronized void restore(long older, Map<String, String> texts) {
        history.clear();
        secret = "";
        version = older;
        secret(texts);
    }

    /** Forgets the past: whoever watches from before gets 410. */
    public synchronized void compact() {
        oldest = version;
    }

    /** Ends every connection. */
    public synchronized void cut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
        notifyAll();
    }

    /** Away: connections are cut and new ones die at once. */
    public synchronized void away(boolean now) throws IOException {
        away = now;
        if (now) {
            cut();
        }
    }

    /** Away, and says so at each try. */
    public synchronized void refusing(Runnable atEach) throws IOException {
        atEachTry = atEach;
        away(true);
    }

    /** From now on every answer begins like this and goes on with a byte every so many milliseconds. */
    public synchronized void trickle(String beginning, int millis) {
        script = request -> beginning;
        trickleMillis = millis;
    }

    // What it has seen.

    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    public synchronized List<String> statuses() {
        return List.copyOf(statuses);
    }

    public synchronized List<String> leases() {
        return List.copyOf(leases);
    }

    public synchronized long bytesIn() {
        return bytesIn;
    }

    public synchronized long bytesOut() {
        return bytesOut;
    }

    /** Whether nobody is connected. */
    public synchronized boolean alone() {
        return open.isEmpty();
    }

    public synchronized int connections() {
        return connections;
    }

    public synchronized void leaseTakenByOthers() {
        leaseVersion++;
    }

    public long count(Predicate<Seen> which) {
        return seen().stream().filter(which).count();
    }

    /** Waits until it is so; fails after five minutes. */
    public synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + 300_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError(
                        "not within five minutes: " + what + "\nrequests: " + seen + "\nstatuses: " + statuses);
            }
            wait(20);
        }
    }

    /** Waits for a last status that is so. */
    public void awaitStatus(String what, Predicate<String> condition) throws InterruptedException {
        await(what, () -> !statuses.isEmpty() && condition.test(statuses.getLast()));
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void event(boolean ofSecret, String type, String object) {
        history.add(new Event(version, ofSecret, "{\"type\":\"" + type + "\",\"object\":" + object + "}\n"));
        notifyAll();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket raw) {
        try (raw) {
            synchronized (this) {
                if (away) {
                    atEachTry.run();
                    return;
                }
                open.add(raw);
                connections++;
            }
            SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, "127.0.0.1", raw.getPort(), true);
            socket.setUseClientMode(false);
            socket.startHandshake();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (answer(read(in), socket.getOutputStream())) {
                // The next request on the same connection.
            }
        } catch (IOException | InterruptedException gone) {
            // The peer, or the test, ended it.
        } finally {
            synchronized (this) {
                open.remove(raw);
            }
        }
    }

    private Seen read(InputStream in) throws IOException {
        String[] first = line(in).split(" ", -1);
        int length = 0;
        String bearer = "";
        int bytes = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            bytes += header.length() + 2;
            if (header.startsWith("Content-Length: ")) {
                length = Integer.parseInt(header.substring(16));
            }
            if (header.startsWith("Authorization: Bearer ")) {
                bearer = header.substring(22);
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        Seen request = new Seen(first[0], first[1].replaceFirst("/clusters/test", ""), bearer, body);
        synchronized (this) {
            bytesIn += bytes + length + first[1].length();
            seen.add(request);
            notifyAll();
        }
        return request;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private boolean answer(Seen request, OutputStream out) throws IOException, InterruptedException {
        String scripted;
        synchronized (this) {
            scripted = script.apply(request);
        }
        if (scripted != null) {
            write(out, scripted);
            while (trickleMillis > 0) {
                Thread.sleep(trickleMillis);
                write(out, "x");
            }
            return false;
        }
        if (request.isWatch() && request.token().equals(token)) {
            return watch(request, out);
        }
        String answer;
        synchronized (this) {
            answer = request.token().equals(token) ? result(request) : status(401, "Unauthorized");
        }
        write(out, answer);
        return true;
    }

    private void write(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            bytesOut += bytes.length;
        }
        out.write(bytes);
        out.flush();
    }

    private String result(Seen request) {
        String path = request.path();
        if (path.equals("/api/v1/namespaces/kube-system")) {
            return ok(
                    "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\",\"uid\":\"" + clusterUid + "\"}}");
        }
        if (path.startsWith("/apis/capstan.dev/v1/nodetrusts?")) {
            return ok(list("NodeTrustList", trust));
        }
        if (path.equals("/apis/capstan.dev/v1/nodetrusts/" + NODE)) {
            return ok(trust);
        }
        if (path.startsWith("/api/v1/namespaces/kube-system/secrets?")) {
            return ok(list("SecretList", secret));
        }
        if (path.startsWith("/apis/capstan.dev/v1/certificatesets/")) {
            String set = certificateSets.get(path.substring(path.lastIndexOf('/') + 1));
            return set == null ? status(404, "certificatesets \\\"x\\\" not found") : ok(set);
        }
        if (request.method().equals("PATCH") && path.endsWith("/" + NODE + "/status")) {
            statuses.add(request.body());
            touchTrust();
            return ok(trust);
        }
        if (path.endsWith("/leases/" + NODE)) {
            return lease(request);
        }
        if (request.method().equals("POST")
                && path.endsWith("/serviceaccounts/" + ObjectNames.agent(NODE) + "/token")) {
            token = renewedToken;
            notifyAll();
            return ok("{\"kind\":\"TokenRequest\",\"status\":{\"token\":\"" + renewedToken + "\"}}");
        }
        return status(404, "no such path");
    }

    private String lease(Seen request) {
        if (request.method().equals("PUT")) {
            if (!request.body().contains("\"resourceVersion\":\"" + leaseVersion + "\"")) {
                return status(409, "the object has been modified");
            }
            leaseVersion++;
            leases.add(request.body());
        }
        return ok("{\"metadata\":{\"name\":\"" + NODE + "\",\"resourceVersion\":\"" + leaseVersion
                + "\",\"labels\":{\"app.kubernetes.io/managed-by\":\"capstan\"}}}");
    }

    private String list(String kind, String item) {
        return "{\"kind\":\"" + kind + "\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + version
                + "\"},\"items\":[" + item + "]}";
    }

    private boolean watch(Seen request, OutputStream out) throws IOException, InterruptedException {
        String marker = "resourceVersion=";
        long from = Long.parseLong(request.path().substring(request.path().indexOf(marker) + marker.length()));
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (from < oldest) {
            chunk(
                    out,
                    "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"too old"
                            + " resource version\",\"reason\":\"Expired\",\"code\":410}}\n");
            write(out, "0\r\n\r\n");
            return true;
        }
        int next = 0;
        while (true) {
            List<Event> due;
            synchronized (this) {
                while (next >= history.size()) {
                    wait();
                    if (listener.isClosed()) {
                        return false;
                    }
                }
                due = List.copyOf(history.subList(next, history.size()));
                next = history.size();
            }
            for (Event event : due) {
                if (event.version() > from && event.secret() == request.isSecrets()) {
                    if (event.line().isEmpty()) {
                        // An empty line ends the watch in good order.
                        write(out, "0\r\n\r\n");
                        return true;
                    }
                    chunk(out, event.line());
                }
            }
        }
    }

    /** The text in two chunks, cut where it hurts. */
    private void chunk(OutputStream out, String text) throws IOException {
        int half = text.length() / 2;
        write(out, Integer.toHexString(half) + "\r\n" + text.substring(0, half) + "\r\n");
        write(out, Integer.toHexString(text.length() - half) + "\r\n" + text.substring(half) + "\r\n");
    }

    public static String ok(String body) {
        return answer(200, body);
    }

    public static String status(int code, String message) {
        return answer(
                code,
                "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"" + message + "\",\"code\":" + code + "}");
    }

    private static String answer(int code, String body) {
        return "HTTP/1.1 " + code + " X\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }
}
