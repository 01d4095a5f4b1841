package dev.capstan.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * The certificates of the user's Secret, read as agents read them. Whatever else is in it is not kept, and nothing of it is
 * shown: agents say what they make of it.
 *
 * @param resourceVersion the Secret's; empty where there is none, which is the same as one with nothing in it
 * @param certificates what can be used of it
 */
record SecretContent(String resourceVersion, CertificateSet certificates) {

    static final SecretContent NONE = new SecretContent("", CertificateSet.empty());

    private static final String PATH = "/api/v1/namespaces/" + Names.SECRET_NAMESPACE + "/secrets/" + Names.SECRET_NAME;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** Reads the Secret now. */
    static SecretContent read(KubernetesClient client, InstantSource clock) throws ReconcileException {
        String text;
        try {
            text = client.raw(PATH);
        } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
            if (Manifests.isGone(e)) {
                return NONE;
            }
            throw e;
        }
        return text == null ? NONE : of(text, clock);
    }

    private static SecretContent of(String text, InstantSource clock) throws ReconcileException {
        JsonNode secret;
        try {
            secret = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // Without its cause, which quotes what it read.
            throw new ReconcileException("SecretUnreadable", "the API's answer for the Secret is not JSON");
        }
        Map<String, byte[]> data = new HashMap<>();
        for (Map.Entry<String, JsonNode> key : secret.path("data").properties()) {
            data.put(key.getKey(), Base64.getMimeDecoder().decode(key.getValue().asText()));
        }
        return new SecretContent(
                secret.at("/metadata/resourceVersion").asText(),
                new CertificateReader(clock).readSecret(data, Names.SECRET_NAME).set());
    }

    String fingerprint() {
        return certificates.fingerprint().value();
    }
}
