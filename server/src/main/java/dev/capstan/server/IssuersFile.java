package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.resourceprovider.identity.TrustedIssuer;
import dev.capstan.resourceprovider.wire.AccessScope;
import dev.capstan.resourceprovider.wire.Caller.Grant;
import dev.capstan.resourceprovider.wire.Role;
import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outside issuers that a home trusts: {@code issuers.json}, which its owner writes and which is read at each start. Its form is
 * in docs/security.md.
 */
final class IssuersFile {

    static final String FILE = "issuers.json";

    private IssuersFile() {}

    /**
     * The issuers; none where there is no file.
     *
     * @param subscription where roles hold that name no scope
     * @throws StartException if the file is wrong: a start that trusted less, or others, than it says would be found too late
     */
    static List<TrustedIssuer> read(HomeFolder home, String subscription) throws IOException, StartException {
        try {
            List<TrustedIssuer> issuers = new ArrayList<>();
            for (JsonNode issuer : new ObjectMapper().readTree(home.read(FILE))) {
                issuers.add(issuer(issuer, new AccessScope(subscription, null, null)));
            }
            return issuers;
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    home.resolve(FILE) + " cannot be used: " + e.getMessage() + ".",
                    "docs/security.md has its form; delete it, and no outside issuer is trusted.",
                    e);
        }
    }

    private static TrustedIssuer issuer(JsonNode issuer, AccessScope subscription) throws IOException {
        Map<String, List<Grant>> grants = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : issuer.path("roles").properties()) {
            List<Grant> list = new ArrayList<>();
            for (JsonNode one : entry.getValue().isArray() ? entry.getValue() : List.of(entry.getValue())) {
                list.add(grant(entry.getKey(), one, subscription));
            }
            grants.put(entry.getKey(), List.copyOf(list));
        }
        String authorities = issuer.path("certificateAuthorities").asText();
        return new TrustedIssuer(
                issuer.path("issuer").asText(),
                issuer.path("audience").asText(),
                pem(authorities),
                issuer.path("claim").asText(),
                grants);
    }

    private static @Nullable String pem(String file) throws IOException {
        return file.isEmpty() ? null : Files.readString(Path.of(file));
    }

    private static Grant grant(String value, JsonNode grant, AccessScope subscription) {
        Role role = Role.of(grant.path("role").asText())
                .orElseThrow(() -> new IllegalArgumentException(
                        "the role of '" + value + "' is none of Owner, Contributor and Reader"));
        String scope = grant.path("scope").asText();
        AccessScope there = scope.isEmpty()
                ? subscription
                : AccessScope.parse(scope)
                        .filter(subscription::covers)
                        .orElseThrow(() -> new IllegalArgumentException("the scope of '" + value
                                + "' is no id of this subscription, a group or a cluster of it"));
        return new Grant(role, there);
    }
}
