package dev.capstan.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resources.Names;
import dev.capstan.server.home.StartException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/**
 * The key that signs the tokens of service accounts: the Secret {@code capstan-system/token-signing-key} of the management
 * cluster, made at the first start. Losing it ends every token that was handed out, no more.
 */
final class SigningKey {

    private static final String NAME = "token-signing-key";
    private static final String PRIVATE = "private.der";
    private static final String PUBLIC = "public.der";

    private SigningKey() {}

    /** A fresh EC P-256 key pair. */
    static KeyPair generate() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java makes EC P-256 keys", e);
        }
    }

    /** The key that is kept in the management cluster, if there is one. */
    static Optional<KeyPair> find(VirtualCluster management) throws StartException {
        var secret = management.get("secrets", Names.SYSTEM_NAMESPACE, NAME);
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        try {
            var data = secret.get().path("data");
            var keys = KeyFactory.getInstance("EC");
            return Optional.of(new KeyPair(
                    keys.generatePublic(new X509EncodedKeySpec(
                            Base64.getDecoder().decode(data.path(PUBLIC).asText()))),
                    keys.generatePrivate(new PKCS8EncodedKeySpec(
                            Base64.getDecoder().decode(data.path(PRIVATE).asText())))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new StartException(
                    "The Secret " + Names.SYSTEM_NAMESPACE + "/" + NAME + " of the management cluster holds no EC key: "
                            + e.getMessage() + ".",
                    "Put a backup of clusters/management.sqlite back.",
                    e);
        }
    }

    /** Keeps the key in the management cluster. */
    static void keep(VirtualCluster management, KeyPair keys) {
        var nodes = JsonNodeFactory.instance;
        ObjectNode secret =
                nodes.objectNode().put("apiVersion", "v1").put("kind", "Secret").put("type", "Opaque");
        var metadata = secret.putObject("metadata").put("name", NAME).put("namespace", Names.SYSTEM_NAMESPACE);
        metadata.putObject("labels").put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
        secret.putObject("data")
                .put(
                        PRIVATE,
                        Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded()))
                .put(PUBLIC, Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
        management.create(secret);
    }
}
