package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.resourceprovider.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an outside issuer, fetched over TLS when they are first needed, again after a while, and when a token names one that
 * is not known; never more often than every {@link #GLANCE}, whatever tokens come. What an issuer answers is bounded in time and
 * size and never redirected. An issuer that is away is lived with for a day; after that its tokens are refused.
 */
final class IssuerKeys {

    /** How long keys are taken without asking again. */
    static final Duration FRESH = Duration.ofMinutes(10);

    /** How long after a question, good or not, none is asked again. */
    static final Duration GLANCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
    private static final Duration LIVED_WITH = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LARGEST = 256 * 1024;

    private final TrustedIssuer issuer;
    private final InstantSource clock;
    private @Nullable HttpClient client;
    private Map<String, PublicKey> keys = Map.of();
    private Instant fetched = Instant.MIN;
    private Instant asked = Instant.MIN;

    IssuerKeys(TrustedIssuer issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    /** The key of that id; empty if the issuer has none, or cannot be asked. */
    synchronized Optional<PublicKey> find(String id) {
        if ((!isWithin(fetched, FRESH) || !keys.containsKey(id)) && !isWithin(asked, GLANCE)) {
            fetch();
        }
        return isWithin(fetched, LIVED_WITH) ? Optional.ofNullable(keys.get(id)) : Optional.empty();
    }

    private boolean isWithin(Instant since, Duration time) {
        return !since.equals(Instant.MIN) && clock.instant().isBefore(since.plus(time));
    }

    private void fetch() {
        asked = clock.instant();
        try {
            String base = issuer.issuer().endsWith("/") ? issuer.issuer() : issuer.issuer() + "/";
            JsonNode discovery = get(URI.create(base + ".well-known/openid-configuration"));
            if (!discovery.path("issuer").asText().equals(issuer.issuer())) {
                throw new IOException("its discovery document is of the issuer '"
                        + discovery.path("issuer").asText() + "'");
            }
            URI uri = URI.create(discovery.path("jwks_uri").asText());
            if (!"https".equals(uri.getScheme())) {
                throw new IOException("its jwks_uri is no https URL");
            }
            keys = JsonWebKeys.of(get(uri));
            fetched = clock.instant();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            LOG.warn("The keys of the issuer {} could not be fetched: {}", issuer.issuer(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode get(URI uri) throws IOException, InterruptedException, GeneralSecurityException {
        if (client == null) {
            client = client();
        }
        HttpResponse<InputStream> response = client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(PATIENCE)
                        .header("Accept", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(uri + " answered " + response.statusCode());
            }
            byte[] bytes = body.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException(uri + " answered with more than " + LARGEST + " bytes");
            }
            return Json.object(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private HttpClient client() throws GeneralSecurityException, IOException {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER);
        String authorities = issuer.certificateAuthorities();
        if (authorities != null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(authorities.getBytes(StandardCharsets.US_ASCII)))) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            builder.sslContext(context);
        }
        return builder.build();
    }
}
