package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.controller.AttachedLocation;
import dev.capstan.controller.AttachedLocations;
import dev.capstan.controller.Attachment;
import dev.capstan.controller.AttachmentException;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resources.ClientCertificate;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attached clusters: each a Secret {@code capstan-system/location-NAME} of the management cluster, written only after
 * the cluster was looked at. It holds what a client needs and nothing else of the kubeconfig; the home's files are its
 * owner's alone.
 */
final class AttachedClusters implements Locations {

    private static final Logger LOG = LoggerFactory.getLogger(AttachedClusters.class);
    private static final String PREFIX = "location-";
    private static final String LABEL = "capstan.dev/location";

    private final VirtualCluster management;
    private final InstantSource clock;

    AttachedClusters(VirtualCluster management, InstantSource clock) {
        this.management = management;
        this.clock = clock;
    }

    @Override
    public List<Attached> all() {
        return management.list("secrets", Names.SYSTEM_NAMESPACE).stream()
                .filter(secret -> secret.at("/metadata/labels").has(LABEL))
                .map(AttachedClusters::attached)
                .sorted(Comparator.comparing(Attached::name))
                .toList();
    }

    @Override
    public synchronized Seen attach(String name, Given given) throws Refused {
        Attachment seen;
        try {
            seen = Attachment.of(endpoint(given), given.poolLabel());
        } catch (AttachmentException e) {
            throw new Refused(e.problems());
        }
        Attached there = find(name).orElse(null);
        if (there != null && !there.uid().equals(seen.uid())) {
            throw new Refused(List.of("location '" + name + "' is another cluster, the one whose namespace "
                    + Names.SECRET_NAMESPACE + " has the UID " + there.uid() + ", not " + seen.uid()
                    + "; take another name, or remove that one first"));
        }
        for (Attached other : all()) {
            if (other.uid().equals(seen.uid()) && !other.name().equals(name)) {
                throw new Refused(List.of("it is attached already, as location '" + other.name() + "'"));
            }
        }
        management.ensure(secret(name, given, seen));
        LOG.info("Location {} is the cluster at {}", name, given.server());
        return new Seen(find(name).orElseThrow(), seen.nodes(), seen.pools(), seen.withoutTrust());
    }

    @Override
    public synchronized boolean remove(String name) {
        Optional<ObjectNode> secret = secretOf(name);
        secret.ifPresent(management::delete);
        return secret.isPresent();
    }

    /** The same for the controller, with its credential. */
    AttachedLocations forController() {
        return name -> secretOf(name)
                .map(secret -> new AttachedLocation(
                        name,
                        secret.at("/metadata/uid").asText() + "/"
                                + secret.at("/metadata/resourceVersion").asText(),
                        text(secret, "uid"),
                        endpoint(secret),
                        text(secret, "pool-label")));
    }

    /** How the façade reaches the cluster at a location. */
    Optional<ClusterEndpoint> armEndpoint(String name) {
        return secretOf(name).map(AttachedClusters::endpoint);
    }

    private Optional<ObjectNode> secretOf(String name) {
        return management.get("secrets", Names.SYSTEM_NAMESPACE, PREFIX + name);
    }

    private static ClusterEndpoint endpoint(Given given) {
        return endpoint(given.server(), given.certificateAuthority(), given.token(), given.certificate(), given.key());
    }

    private static ClusterEndpoint endpoint(JsonNode secret) {
        return endpoint(
                text(secret, "server"),
                text(secret, "ca.crt"),
                find(secret, "token"),
                find(secret, "tls.crt"),
                find(secret, "tls.key"));
    }

    private static ClusterEndpoint endpoint(
            String server,
            String authority,
            @Nullable String token,
            @Nullable String certificate,
            @Nullable String key) {
        return new ClusterEndpoint(
                server,
                authority,
                () -> token == null ? "" : token,
                certificate == null || key == null ? null : new ClientCertificate(certificate, key));
    }

    private static Attached attached(JsonNode secret) {
        return new Attached(
                secret.at("/metadata/name").asText().substring(PREFIX.length()),
                text(secret, "server"),
                text(secret, "uid"),
                text(secret, "version"),
                text(secret, "pool-label"),
                text(secret, "attached"));
    }

    private ObjectNode secret(String name, Given given, Attachment seen) {
        ObjectNode secret = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "v1")
                .put("kind", "Secret")
                .put("type", "Opaque");
        secret.putObject("metadata")
                .put("name", PREFIX + name)
                .put("namespace", Names.SYSTEM_NAMESPACE)
                .putObject("labels")
                .put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .put(LABEL, name);
        ObjectNode data = secret.putObject("data");
        put(data, "server", given.server());
        put(data, "ca.crt", given.certificateAuthority());
        put(data, "token", given.token());
        put(data, "tls.crt", given.certificate());
        put(data, "tls.key", given.key());
        put(data, "uid", seen.uid());
        put(data, "version", seen.version());
        put(data, "pool-label", given.poolLabel());
        put(data, "attached", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        return secret;
    }

    private static void put(ObjectNode data, String name, @Nullable String text) {
        if (text != null) {
            data.put(name, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String text(JsonNode secret, String name) {
        String found = find(secret, name);
        return found == null ? "" : found;
    }

    private static @Nullable String find(JsonNode secret, String name) {
        JsonNode value = secret.path("data").path(name);
        return value.isTextual()
                ? new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8)
                : null;
    }
}
