package dev.capstan.controller;

import static dev.capstan.controller.Lab.await;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import dev.capstan.resources.TrustProof;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Secret of a cluster, and agents of it that report what they have of the Secret and prove with it. */
record PlayedSecret(Lab lab, String cluster) {

    static final String ENDPOINT = "registry.corp:443";

    /** Makes the Secret, or brings the one that is there to hold just this. */
    void secret(Map<String, String> annotations, Certificate... certificates) {
        Map<String, String> data = new HashMap<>();
        for (Certificate certificate : certificates) {
            data.put(
                    certificate.identity().hex().substring(0, 8) + ".crt",
                    Base64.getEncoder().encodeToString(certificate.pem().getBytes(StandardCharsets.UTF_8)));
        }
        String manifest = Patches.text(Json.object(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Json.object("name", Names.SECRET_NAME, "namespace", "kube-system", "annotations", annotations),
                "data",
                data));
        lab.embedded(cluster)
                .get("secrets", "kube-system", Names.SECRET_NAME)
                .ifPresentOrElse(
                        there -> lab.update(cluster, there.deepCopy(), manifest), () -> lab.create(cluster, manifest));
    }

    /** Reports as the node's agent; returns when the controller has read it, since what it decides next rests on it. */
    void report(String node, @Nullable Certificate proven, Certificate... has) {
        String set = print(has);
        lab.report(
                cluster,
                node,
                new NodeTrust.Status(
                        lab.trust(cluster, node).getMetadata().getGeneration(),
                        set,
                        set,
                        set,
                        null,
                        new NodeTrust.Lane("Isolated", "made here"),
                        List.of(has).stream()
                                .map(certificate -> new TrustedCertificate(
                                        certificate.subject(),
                                        certificate.identity().hex(),
                                        certificate.notAfter().toString(),
                                        List.of("secret/ca.crt")))
                                .toList(),
                        List.of(),
                        null,
                        null,
                        "1",
                        "2026-01-01T00:00:00Z",
                        proven == null
                                ? null
                                : new TrustProof(
                                        TrustProof.PROVEN,
                                        set,
                                        "2026-01-01T00:00:00Z",
                                        List.of(new TrustProof.Endpoint(
                                                ENDPOINT,
                                                TrustProof.PROVEN,
                                                "Verified",
                                                "",
                                                set,
                                                proven.identity().hex(),
                                                List.of(),
                                                "2026-01-01T00:00:00Z",
                                                null))),
                        null));
        await("read of " + node, () -> condition(node).contains("set " + set.substring(0, 15)));
    }

    /** What the node waits for; null where it takes up everything. */
    @Nullable
    String fingerprint(String node) {
        return lab.trust(cluster, node).getSpec().secretFingerprint();
    }

    String condition(String node) {
        var condition = lab.condition(cluster, node, Names.NODE_CONDITION);
        return condition == null ? "" : condition.getMessage();
    }

    List<String> events(String reason) {
        return lab.events(cluster).stream()
                .filter(event -> reason.equals(event.getAdditionalProperties().get("reason")))
                .map(event -> String.valueOf(event.getAdditionalProperties().get("message")))
                .toList();
    }

    static String print(Certificate... certificates) {
        return CertificateSet.of(List.of(certificates)).fingerprint().value();
    }

    static Certificate certificate(String name) {
        return new CertificateReader(InstantSource.system())
                .readPem(TestKeys.authority(name).getBytes(StandardCharsets.UTF_8), Place.of(name))
                .set()
                .certificates()
                .getFirst();
    }
}
