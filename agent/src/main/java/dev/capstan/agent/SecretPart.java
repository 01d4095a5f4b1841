package dev.capstan.agent;

import dev.capstan.agent.api.SecretObject;
import dev.capstan.agent.api.Sighting;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Secret's part of the node's set: what the Secret was last seen to be, and what of it the node has taken up.
 *
 * <p>Where the NodeTrust names a fingerprint, the Secret is taken up only while it is exactly that set; whatever else it
 * becomes, the node keeps the part that it has. Both may come first, the Secret or the fingerprint: what was seen is
 * remembered, as certificates alone, and taken up as soon as the two agree.
 */
final class SecretPart {

    static final String PLACE = "secret " + Names.SECRET_NAMESPACE + "/" + Names.SECRET_NAME;

    private static final Seen ABSENT = new Seen(NodeSet.empty(), List.of(), null, "");

    private final CertificateReader reader;
    private @Nullable NodeSet held;
    private @Nullable Seen seen;
    private @Nullable String asked;
    private boolean reads;
    private boolean heard;
    private String unheard = "";

    /** The Secret as it was seen, without its data. */
    private record Seen(NodeSet set, List<Finding> findings, NodeTrust.@Nullable SecretSeen version, String probes) {}

    SecretPart(CertificateReader reader) {
        this.reader = reader;
    }

    /** Whether a node of this spec has anything to do with the Secret. */
    static boolean isRead(NodeTrust.Spec spec) {
        return spec.followSecret() || spec.secretFingerprint() != null;
    }

    /** Holds on to this until the cluster speaks. */
    void hold(NodeSet lastGood) {
        held = lastGood;
    }

    /** Takes what the node shall do with the Secret from now on. */
    void obey(NodeTrust.Spec spec) {
        reads = isRead(spec);
        asked = spec.secretFingerprint();
        if (reads) {
            settle();
        } else {
            held = NodeSet.empty();
            forget();
        }
    }

    /** The node has no NodeTrust any more: what it has is kept, and the cluster has to speak anew. */
    void forgetHeard() {
        heard = false;
    }

    /** Takes what the watch saw. */
    void take(Sighting<SecretObject> sighting) {
        switch (sighting) {
            case Sighting.Unknown<SecretObject>(String why) -> {
                // What is held stays.
                heard = false;
                unheard = why;
                return;
            }
            case Sighting.Absent<SecretObject> absent -> seen = ABSENT;
            case Sighting.Present<SecretObject>(SecretObject now) -> {
                Reading reading = reader.readSecret(now.data(), PLACE);
                seen = new Seen(
                        NodeSet.ofSecret(reading),
                        reading.findings(),
                        new NodeTrust.SecretSeen(now.uid(), now.resourceVersion()),
                        now.probes());
            }
        }
        heard = true;
        unheard = "";
        settle();
    }

    private void forget() {
        seen = null;
        heard = false;
    }

    private void settle() {
        Seen now = seen;
        if (now == null) {
            return;
        }
        if (asked == null || asked.equals(fingerprint(now.set()))) {
            held = now.set();
        } else if (held == null) {
            // The cluster has spoken, and there is nothing of the Secret that this node may have yet.
            held = NodeSet.empty();
        }
    }

    private static String fingerprint(NodeSet set) {
        return set.certificates().fingerprint().toString();
    }

    /** The part to bring the node to; absent while nothing is known of it. */
    @Nullable
    NodeSet set() {
        return held;
    }

    /** What was said of the Secret as last seen. */
    List<Finding> findings() {
        Seen now = seen;
        return now == null ? List.of() : now.findings();
    }

    /** The Secret as last seen; absent where there is none or it is not read. */
    NodeTrust.@Nullable SecretSeen version() {
        Seen now = seen;
        return now == null ? null : now.version();
    }

    /** The Secret's annotation of endpoints; empty where there is none. */
    String probes() {
        Seen now = seen;
        return now == null ? "" : now.probes();
    }

    /** Whether the part is what the cluster wants it to be. */
    boolean complete() {
        return !reads || (heard && (asked == null || (held != null && asked.equals(fingerprint(held)))));
    }

    /** Why the part is not complete. */
    String why() {
        return heard
                ? "NodeTrust.spec.secretFingerprint asks for " + asked + ", which is neither what " + PLACE
                        + " holds nor what the node has of it; that is kept"
                : unheard.isEmpty()
                        ? PLACE + " could not be read since the agent started; what the node had of it is kept. "
                                + "Why is in the agent's log"
                        : unheard;
    }

    /** Says that the Secret has become something that this node is not to take up; empty where it has not. */
    List<NodeTrust.StatusFinding> notes() {
        Seen now = seen;
        if (asked == null || now == null || Objects.equals(asked, fingerprint(now.set()))) {
            return List.of();
        }
        return List.of(new NodeTrust.StatusFinding(
                "secret-withheld",
                Severity.WARNING.word(),
                "NodeTrust.spec.secretFingerprint",
                PLACE + " holds " + now.set() + ", and this node is to take up " + asked
                        + " alone, so it keeps what it has of the Secret.",
                "The removal guard of the node's pool withholds a change that breaks an endpoint; its Events name it."
                        + " Put the Secret back, or let the change through with the annotation "
                        + Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION + "."));
    }
}
