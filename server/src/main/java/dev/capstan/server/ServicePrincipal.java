package dev.capstan.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.capstan.resourceprovider.identity.HomePrincipal;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the Azure CLI and the SDKs log in with: one service principal, made at the first start, in {@code principal.json},
 * mode 0600. The server itself keeps the hash of its secret only.
 *
 * @param clientId UUID
 * @param clientSecret 256 random bits; never logged
 * @param tenantId UUID
 * @param subscriptionId UUID of the home's subscription
 */
record ServicePrincipal(String clientId, String clientSecret, String tenantId, String subscriptionId) {

    static final String FILE = "principal.json";

    private static final String SECRET_FILE = "principal.secret";
    private static final int SECRET_BYTES = 32;
    private static final int SHORTEST_SECRET = 32;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The file's content, of which anything may be missing. */
    private record Content(
            @Nullable String clientId,
            @Nullable String clientSecret,
            @Nullable String tenantId,
            @Nullable String subscriptionId) {}

    /**
     * Reads it, and makes it if there is none.
     *
     * @param subscription the home's subscription, which the file repeats for whoever logs in
     */
    static ServicePrincipal open(HomeFolder home, String subscription) throws IOException, StartException {
        try {
            var content = MAPPER.readValue(home.read(FILE), Content.class);
            var read = new ServicePrincipal(
                    uuid(content.clientId()), secret(content.clientSecret()), uuid(content.tenantId()), subscription);
            if (!subscription.equals(content.subscriptionId())) {
                read.write(home);
            }
            read.writeSecret(home);
            return read;
        } catch (NoSuchFileException firstStart) {
            var bytes = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(bytes);
            var made = new ServicePrincipal(
                    UUID.randomUUID().toString(),
                    // Not base64: a secret that begins with a dash would be an option on a command line.
                    HexFormat.of().formatHex(bytes),
                    UUID.randomUUID().toString(),
                    subscription);
            made.write(home);
            return made;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // Without the cause, whose text could repeat the secret.
            throw new StartException(
                    home.resolve(FILE) + " holds no service principal: it is no JSON object with a UUID as clientId, a"
                            + " long clientSecret and a UUID as tenantId.",
                    "Delete it; another is made at the next start, and who logged in with the old one has to log in again.");
        }
    }

    private static String uuid(@Nullable String text) {
        return UUID.fromString(text == null ? "" : text).toString().toLowerCase(Locale.ROOT);
    }

    private static String secret(@Nullable String text) {
        if (text == null || text.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("the secret is too short to be trusted");
        }
        return text;
    }

    private void write(HomeFolder home) throws IOException {
        home.writeSecret(FILE, MAPPER.writeValueAsString(this) + "\n");
        writeSecret(home);
    }

    /** The secret alone, for clients that take a file instead of a word on their command line: {@code az login -p @FILE}. */
    private void writeSecret(HomeFolder home) throws IOException {
        home.writeSecret(SECRET_FILE, clientSecret + "\n");
    }

    HomePrincipal principal() {
        return new HomePrincipal(clientId, SecretHash.of(clientSecret));
    }

    Scope scope() {
        return new Scope(subscriptionId, tenantId);
    }

    /** Says nothing of the secret. */
    @Override
    public String toString() {
        return "ServicePrincipal[" + clientId + "]";
    }
}
