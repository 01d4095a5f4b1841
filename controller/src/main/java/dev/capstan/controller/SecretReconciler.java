package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says on the user's Secret itself what its nodes made of it: which key was quarantined and why, once for all nodes that
 * say the same of the same version. A Secret of that name in another namespace, which nobody reads, is told so. Knows of
 * Secrets only that they are there; what agents make of them, they say.
 */
final class SecretReconciler {

    private static final String FROM_SECRET = "secret/";

    /** More than this is not read by anybody; the rest is in the NodeTrusts. */
    private static final int SAID_AT_MOST = 20;

    private final ManagedApis apis;
    private final Events events;
    private final WorkQueue<Key> queue;
    private final ControllerConfig.Timing timing;

    SecretReconciler(ManagedApis apis, Events events, WorkQueue<Key> queue, ControllerConfig.Timing timing) {
        this.apis = apis;
        this.events = events;
        this.queue = queue;
        this.timing = timing;
    }

    void reconcile(String cluster, String namespace) {
        ManagedApi api = apis.get(cluster);
        SecretMetadata secret = api == null ? null : api.secret(namespace);
        if (api == null || secret == null) {
            return;
        }
        if (!namespace.equals(Names.SECRET_NAMESPACE)) {
            say(api, secret, misplaced(namespace), "it is there");
            return;
        }
        String version = secret.getMetadata().getResourceVersion();
        Collection<Events.Say> said = quarantined(api, secret.getMetadata().getUid(), version);
        said.stream().limit(SAID_AT_MOST).forEach(say -> say(api, secret, say, version));
        if (said.size() > SAID_AT_MOST) {
            say(
                    api,
                    secret,
                    new Events.Say(
                            true,
                            "CertificatesQuarantined",
                            said.size() - SAID_AT_MOST
                                    + " more certificates were left out; kubectl get nodetrusts -o yaml names them"),
                    version);
        }
    }

    private void say(ManagedApi api, SecretMetadata secret, Events.Say say, String cause) {
        events.say(api.client(), reference(secret), say, cause);
        queue.addAfter(new Key.Garbage(api.cluster()), timing.event());
    }

    private static Collection<Events.Say> quarantined(ManagedApi api, String uid, String version) {
        Map<String, Events.Say> said = new LinkedHashMap<>();
        for (NodeTrustObject trust : api.trusts()) {
            NodeTrust.Status status = trust.getStatus();
            if (status == null || status.secret() == null) {
                continue;
            }
            NodeTrust.SecretSeen seen = status.secret();
            if (seen.uid().equals(uid) && seen.resourceVersion().equals(version)) {
                TrustVerdict.leftOut(status).stream()
                        .filter(finding -> finding.source().startsWith(FROM_SECRET))
                        .map(SecretReconciler::quarantined)
                        .forEach(say -> said.putIfAbsent(say.message(), say));
            }
        }
        return said.values();
    }

    private static Events.Say quarantined(NodeTrust.StatusFinding finding) {
        return new Events.Say(
                true,
                "CertificateQuarantined",
                "key " + finding.source().substring(FROM_SECRET.length()) + " was left out (" + finding.code() + "): "
                        + finding.message() + " " + finding.fix());
    }

    private static Events.Say misplaced(String namespace) {
        return new Events.Say(
                true,
                "WrongNamespace",
                "no node reads a Secret " + Names.SECRET_NAME + " in namespace " + namespace
                        + "; put it into namespace " + Names.SECRET_NAMESPACE);
    }

    static ObjectReference reference(SecretMetadata secret) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Secret")
                .withNamespace(secret.getMetadata().getNamespace())
                .withName(secret.getMetadata().getName())
                .withUid(secret.getMetadata().getUid())
                .build();
    }
}
