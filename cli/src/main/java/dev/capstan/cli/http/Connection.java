package dev.capstan.cli.http;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The way to the control plane of one home, as its administrator. It trusts the one certificate authority of CAPSTAN_HOME
 * and nothing else, and the administrator's token goes to no other endpoint.
 */
public final class Connection implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Session session;
    private final URI endpoint;
    private final String token;
    private final HttpClient client;

    private Connection(Session session, URI endpoint, String token, HttpClient client) {
        this.session = session;
        this.endpoint = endpoint;
        this.token = token;
        this.client = client;
    }

    /** Throws a {@link Problem} if the control plane of the session's home does not run. */
    public static Connection of(Session session) {
        var home = session.home();
        var endpoint = home.runningServer().endpoint();
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .sslContext(trusting(home.certificateAuthority()))
                .build();
        return new Connection(session, endpoint, home.adminToken(), client);
    }

    public URI endpoint() {
        return endpoint;
    }

    /** A request to this path (with its query) of the endpoint. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + token);
    }

    /** Throws {@link Unreachable} if there is no answer. */
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        var begun = System.nanoTime();
        try {
            var response = client.send(request, body);
            session.messages()
                    .debug("%s %s -> %d in %d ms"
                            .formatted(
                                    request.method(),
                                    request.uri(),
                                    response.statusCode(),
                                    (System.nanoTime() - begun) / 1_000_000));
            return response;
        } catch (IOException e) {
            throw new Unreachable(endpoint, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.failed("Interrupted while waiting for the API.", "Run the command again.", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** The control plane gave no answer. */
    public static final class Unreachable extends Problem {

        private static final long serialVersionUID = 1L;

        Unreachable(URI endpoint, IOException cause) {
            super(
                    ExitCode.FAILED,
                    "The API at " + endpoint + " cannot be reached: " + why(cause) + ".",
                    "See 'capstan status' and the log in CAPSTAN_HOME/log/server.log.",
                    cause);
        }

        private static String why(IOException cause) {
            return switch (cause) {
                case ConnectException refused -> "it does not accept connections";
                case HttpTimeoutException late -> "it did not answer in time";
                default -> String.valueOf(cause.getMessage());
            };
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
