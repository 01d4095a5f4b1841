package dev.capstan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A Kubernetes API, spoken to as the administrator. It trusts the one certificate authority of CAPSTAN_HOME and nothing
 * else. Paths begin with the cluster's prefix, such as {@code /clusters/management/apis/capstan.dev/v1/managedclusters}.
 */
final class Api implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI endpoint;
    private final String token;
    private final HttpClient client;

    private Api(URI endpoint, String token, HttpClient client) {
        this.endpoint = endpoint;
        this.token = token;
        this.client = client;
    }

    /** The API of the home's control plane. Throws a {@link Problem} if it does not run. */
    static Api of(Home home) {
        var endpoint = home.runningServer().endpoint();
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .sslContext(trusting(home.certificateAuthority()))
                .build();
        return new Api(endpoint, home.adminToken(), client);
    }

    URI endpoint() {
        return endpoint;
    }

    /** The object, or nothing if there is none. */
    Optional<JsonNode> find(String path) {
        return unless(404, path, request(path).GET());
    }

    /** Everything at a collection; an array. */
    JsonNode list(String path) {
        return succeed(path, request(path).GET()).path("items");
    }

    /** Creates the object, and returns it as it was stored. */
    JsonNode create(String path, JsonNode body) {
        return succeed(path, request(path).POST(json(body)));
    }

    /** Creates the object, and returns it as it was stored, or nothing if there is one of its name already. */
    Optional<JsonNode> createIfAbsent(String path, JsonNode body) {
        return unless(409, path, request(path).POST(json(body)));
    }

    /** Asks for the object to be deleted; nothing is returned if there is none. */
    Optional<JsonNode> delete(String path) {
        return unless(404, path, request(path).DELETE());
    }

    /**
     * Hands every change of one object to the visitor, as a watch event ({@code type}, {@code object}), beginning after
     * the given version, until the visitor says {@code true}, or the watch ends.
     *
     * @param time after which the server ends the watch
     * @return whether the visitor said so; if not, read the object again and watch on
     */
    boolean watch(String collection, String name, String resourceVersion, Duration time, Predicate<JsonNode> visitor) {
        var path = "%s?watch=true&fieldSelector=metadata.name%%3D%s&resourceVersion=%s&timeoutSeconds=%d"
                .formatted(collection, name, resourceVersion, Math.max(1, time.toSeconds()));
        var response = send(request(path).GET().build(), BodyHandlers.ofLines());
        try (var lines = response.body()) {
            // 410: the version is too old, which reading the object again cures.
            if (response.statusCode() == 410) {
                return false;
            }
            if (response.statusCode() != 200) {
                throw refused(path, response.statusCode(), String.join("\n", lines.toList()));
            }
            var events = lines.iterator();
            while (events.hasNext()) {
                var event = Json.parse(events.next());
                if (event.path("type").asText().equals("ERROR")) {
                    return false;
                }
                if (visitor.test(event)) {
                    return true;
                }
            }
            return false;
        } catch (UncheckedIOException cut) {
            return false;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.BodyPublisher json(JsonNode body) {
        return BodyPublishers.ofString(body.toString());
    }

    private JsonNode succeed(String path, HttpRequest.Builder request) {
        var response = send(request.header("Content-Type", "application/json").build(), BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw refused(path, response.statusCode(), response.body());
        }
        return Json.parse(response.body());
    }

    /** As {@link #succeed}, but nothing where the answer has the one status that is expected. */
    private Optional<JsonNode> unless(int status, String path, HttpRequest.Builder request) {
        var response = send(request.header("Content-Type", "application/json").build(), BodyHandlers.ofString());
        if (response.statusCode() == status) {
            return Optional.empty();
        }
        if (response.statusCode() / 100 != 2) {
            throw refused(path, response.statusCode(), response.body());
        }
        return Optional.of(Json.parse(response.body()));
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return client.send(request, body);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.failed("Interrupted while waiting for the API.", "Run the command again.", e);
        }
    }

    private Problem unreachable(IOException cause) {
        var why = cause instanceof ConnectException
                ? "it does not accept connections"
                : cause instanceof HttpTimeoutException
                        ? "it did not answer in time"
                        : String.valueOf(cause.getMessage());
        return Problem.failed(
                "The API at " + endpoint + " cannot be reached: " + why + ".",
                "See 'capstan status' and the log in CAPSTAN_HOME/log/server.log.",
                cause);
    }

    private static Problem refused(String path, int status, String body) {
        var advice = switch (status) {
            case 401 -> "Is CAPSTAN_HOME the home of the control plane that runs? Its admin.token was refused.";
            case 404 -> "Run 'capstan cluster list' to see what there is.";
            default -> "See the log in CAPSTAN_HOME/log/server.log.";
        };
        return new Problem(
                status == 404 ? ExitCode.NOT_FOUND : ExitCode.FAILED,
                "The API answered " + status + " to " + path + ": " + message(body),
                advice,
                null);
    }

    /** The message of a Kubernetes Status, or the body as it is. */
    private static String message(String body) {
        try {
            var message = Json.parse(body).path("message").asText("");
            return message.isEmpty() ? body.strip() : message;
        } catch (Problem noJson) {
            return body.strip();
        }
    }

    private static SSLContext trusting(String certificateAuthority) {
        try {
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(certificateAuthority.getBytes(StandardCharsets.US_ASCII)));
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("capstan", certificate);
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw Problem.failed(
                    "pki/ca.crt of CAPSTAN_HOME is no certificate: " + e.getMessage() + ".",
                    "Stop the control plane and start it again: it writes that file anew.",
                    e);
        }
    }
}
