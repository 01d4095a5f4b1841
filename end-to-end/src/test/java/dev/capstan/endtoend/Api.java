package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A cluster's API as the holder of one token sees it. */
public final class Api {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String server;
    private final String token;

    private Api(String server, byte[] authority, String token) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "api",
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        this.client = HttpClient.newBuilder().sslContext(tls).build();
        this.server = server;
        this.token = token;
    }

    /** The cluster's own API, with this token in place of the administrator's. */
    static Api of(Cluster cluster, String token) throws Exception {
        JsonNode config = JSON.readTree(cluster.kubectl("config", "view", "--raw", "-o", "json")
                .orFail()
                .text());
        JsonNode first = config.path("clusters").path(0).path("cluster");
        return new Api(
                first.path("server").asText(),
                Base64.getDecoder()
                        .decode(first.path("certificate-authority-data").asText()),
                token);
    }

    /** Kubernetes' own API server as its administrator sees it. */
    static Api of(RealKubernetes kubernetes) throws Exception {
        Properties access = RealKubernetes.readAccess(kubernetes.access());
        return new Api(
                access.getProperty("SERVER"),
                Files.readAllBytes(Path.of(access.getProperty("AUTHORITY"))),
                access.getProperty("TOKEN"));
    }

    /** The API under this prefix of the home's control plane. */
    static Api at(CapstanHome home, String prefix, String token) throws Exception {
        JsonNode status = home.status();
        return new Api(
                status.path("endpoint").asText() + prefix,
                Files.readAllBytes(Path.of(status.path("caFile").asText())),
                token);
    }

    String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", server + path, "");
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Writes an object; anything but a success fails. Answers what the server says. */
    String write(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, server + path, body);
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** What is answered to a body that is posted; anything but 201 fails. */
    String post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send("POST", server + path, body);
        if (response.statusCode() != 201) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Applies a merge patch; anything but 200 fails. */
    void patch(String path, String patch) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .method("PATCH", BodyPublishers.ofString(patch))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/merge-patch+json")
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** The lines of an answer that does not end, such as a watch. */
    Stream<String> lines(String path) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response = client.send(request("GET", server + path, ""), BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode());
        }
        return response.body();
    }

    int status(String method, String path) throws IOException, InterruptedException {
        return status(method, path, "");
    }

    /** The status of a request with these header fields, name and value in turn, besides the usual ones. */
    int status(String method, String path, String body, String... header) throws IOException, InterruptedException {
        HttpRequest request = request(method, server + path, body);
        if (header.length > 0) {
            request = HttpRequest.newBuilder(request, (name, value) -> true)
                    .headers(header)
                    .build();
        }
        return client.send(request, BodyHandlers.ofString()).statusCode();
    }

    /** The status of a GET at another prefix of the same server. */
    int elsewhere(String prefix, String path) throws IOException, InterruptedException {
        return send("GET", URI.create(server).resolve("/") + prefix.substring(1) + path, "")
                .statusCode();
    }

    /** Every resource and subresource that discovery names. */
    List<ServedResource> resources() throws IOException, InterruptedException {
        List<ServedResource> all = new ArrayList<>();
        collect(all, "", "/api/v1");
        for (JsonNode group : JSON.readTree(get("/apis")).path("groups")) {
            collect(
                    all,
                    group.path("name").asText(),
                    "/apis/"
                            + group.path("preferredVersion")
                                    .path("groupVersion")
                                    .asText());
        }
        return all;
    }

    private void collect(List<ServedResource> all, String group, String path) throws IOException, InterruptedException {
        for (JsonNode resource : JSON.readTree(get(path)).path("resources")) {
            all.add(new ServedResource(
                    group,
                    path,
                    resource.path("name").asText(),
                    resource.path("namespaced").asBoolean()));
        }
    }

    /** Whether the server says that this token has this right to that resource. */
    boolean allows(Right right, ServedResource resource) throws IOException, InterruptedException {
        ObjectNode review = JSON.createObjectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SelfSubjectAccessReview");
        ObjectNode attributes = review.putObject("spec")
                .putObject("resourceAttributes")
                .put("verb", right.verb())
                .put("group", resource.group())
                .put("resource", resource.plural())
                .put("name", right.name());
        if (!resource.subresource().isEmpty()) {
            attributes.put("subresource", resource.subresource());
        }
        if (resource.namespaced() && !right.namespace().equals(Right.ALL)) {
            attributes.put("namespace", right.namespace());
        }
        HttpResponse<String> response =
                send("POST", server + "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review.toString());
        if (response.statusCode() != 201) {
            throw new AssertionError("a review was answered with " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body()).path("status").path("allowed").asBoolean();
    }

    /** What the server says that this token may do in a namespace, each rule taken apart; a rule without names is of {@code *}. */
    List<Right> rules(String namespace) throws IOException, InterruptedException {
        JsonNode review = JSON.readTree(post(
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectRulesReview\",\"spec\":{\"namespace\":\""
                        + namespace + "\"}}"));
        List<Right> rights = new ArrayList<>();
        for (JsonNode rule : review.at("/status/resourceRules")) {
            for (JsonNode group : rule.path("apiGroups")) {
                for (JsonNode resource : rule.path("resources")) {
                    String qualified = new ServedResource(group.asText(), "", resource.asText(), true).qualified();
                    for (JsonNode verb : rule.path("verbs")) {
                        if (rule.path("resourceNames").isEmpty()) {
                            rights.add(new Right(verb.asText(), qualified, namespace, "*"));
                        }
                        rule.path("resourceNames")
                                .forEach(name ->
                                        rights.add(new Right(verb.asText(), qualified, namespace, name.asText())));
                    }
                }
            }
        }
        return rights;
    }

    private HttpResponse<String> send(String method, String url, String body) throws IOException, InterruptedException {
        return client.send(request(method, url, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String url, String body) {
        return HttpRequest.newBuilder(URI.create(url))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
                .build();
    }
}
