package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.api.RefusedException;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.Sighting;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.SetChecks;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The two sources of the node's set, the list and the Secret, each as the node's own cluster last told it.
 *
 * <p>Invariants: a part changes only by the cluster's word. Until it has spoken, a part is what the last good set held, or
 * unknown, and with an unknown part there is no set to bring the node to. A part that cannot be had (no CertificateSet,
 * one whose content does not match its name, no right to read the Secret) stays as it was.
 */
final class Sources {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    private final Requests requests;
    private final CertificateReader reader;
    private final Following following;
    private final Complaints complaints = new Complaints();

    private @Nullable TrustObject trust;
    private @Nullable NodeSet list;
    private final SecretPart secret;
    private List<Finding> listFindings = List.of();
    private Distrust distrust = Distrust.NONE;
    private Set<Identity> trustedAnyway = Set.of();
    private NodeTrust.@Nullable Problem problem;

    /** Begins and ends the watch of the Secret. */
    interface Following {
        void follow(boolean wanted);
    }

    Sources(Requests requests, CertificateReader reader, Following following) {
        this.requests = requests;
        this.reader = reader;
        this.secret = new SecretPart(reader);
        this.following = following;
    }

    /** Holds on to the last good set until the cluster speaks. */
    void hold(NodeSet lastGood) {
        setList(lastGood.list());
        secret.hold(lastGood.secret());
        distrust = new Distrust(lastGood.distrusted(), List.of());
    }

    /** Takes what the watches have seen; answers whether it asks for anything. */
    boolean take(Inbox.News news) {
        boolean asks = false;
        if (news.trust() != null) {
            asks = take(news.trust());
        }
        if (news.secret() != null && trust != null && SecretPart.isRead(trust.spec())) {
            secret.take(news.secret());
            asks = true;
        }
        return asks;
    }

    private boolean take(Sighting<TrustObject> sighting) {
        TrustObject before = trust;
        if (sighting instanceof Sighting.Unknown<TrustObject>) {
            // What it said stands.
            return false;
        }
        if (!(sighting instanceof Sighting.Present<TrustObject>(TrustObject now))) {
            if (before != null || list == null) {
                LOG.log(Level.WARNING, "this node has no NodeTrust (any more): what is there is kept until it has one");
            }
            trust = null;
            secret.forgetHeard();
            following.follow(false);
            return false;
        }
        trust = now;
        distrust = Distrust.of(now.spec().distrusted());
        following.follow(SecretPart.isRead(now.spec()));
        secret.obey(now.spec());
        return before == null || !now.asksSameAs(before);
    }

    /**
     * Gets the list's set, where the NodeTrust names another than is held.
     *
     * @return false if it could not be had and is to be tried again
     */
    boolean resolveList() {
        TrustObject now = trust;
        if (now == null) {
            return true;
        }
        String named = now.spec().certificateSet();
        problem = null;
        if (named == null) {
            setList(NodeSet.empty());
            return true;
        }
        if (list != null && list.certificates().fingerprint().toString().equals(named)) {
            return true;
        }
        try {
            fetchList(Fingerprint.parse(named));
        } catch (IllegalArgumentException noFingerprint) {
            missing(noFingerprint.getMessage() + "");
        } catch (IOException away) {
            if (away instanceof RefusedException refused && (refused.notFound() || refused.forbidden())) {
                missing("the CertificateSet of fingerprint " + named + " cannot be read: " + refused.getMessage());
                return false;
            }
            complaints.say(
                    Level.WARNING, "API away: cannot read CertificateSet " + named + ": " + requests.words(away));
            return false;
        }
        if (problem == null) {
            complaints.over("CertificateSet " + named + " is there");
        }
        return problem == null;
    }

    private void fetchList(Fingerprint named) throws IOException {
        String texts = String.join("\n", requests.certificateSet(named.toString()));
        Reading reading = reader.readPem(texts.getBytes(StandardCharsets.UTF_8), Place.of(NodeSet.LIST));
        Fingerprint found = reading.set().fingerprint();
        if (found.equals(named)) {
            setList(NodeSet.ofList(reading));
        } else {
            missing("CertificateSet of fingerprint " + named + " holds something else: its content has fingerprint "
                    + found
                    + ", so it was damaged or forged and is refused. Delete it, and the controller writes it anew");
        }
    }

    private void missing(String words) {
        problem = new NodeTrust.Problem(
                NodeTrust.Problem.CERTIFICATE_SET_MISSING, words + ". The list the node has is kept");
        complaints.say(Level.ERROR, words);
    }

    private void setList(NodeSet set) {
        list = set;
        // As AKS's client wants a list: how Capstan itself stores one is nobody's mistake.
        String texts =
                set.certificates().certificates().stream().map(Certificate::pem).collect(Collectors.joining("\n"));
        listFindings = texts.isEmpty()
                ? List.of()
                : reader.readPem(texts.getBytes(StandardCharsets.US_ASCII), Place.of(NodeSet.LIST))
                        .findings();
    }

    /** The set to bring the node to, and what it distrusts; absent while a part of it is not known. */
    @Nullable
    NodeSet wanted() {
        NodeSet ofSecret = secret.set();
        return list == null || ofSecret == null ? null : list.union(ofSecret).distrusting(distrust.identities());
    }

    /** What is said beside the linter's findings: of what is distrusted, of a Secret that is withheld. */
    List<NodeTrust.StatusFinding> notes() {
        NodeSet set = wanted();
        List<NodeTrust.StatusFinding> notes = new ArrayList<>(set == null ? List.of() : distrust.findings(set));
        notes.addAll(secret.notes());
        return notes;
    }

    /** The Secret's annotation of endpoints; empty where there is none. */
    String probes() {
        return secret.probes();
    }

    /** The NodeTrust; absent while none was seen. */
    @Nullable
    TrustObject trust() {
        return trust;
    }

    /** Takes note of what of the set the node would trust without it. */
    void trustedAnyway(Set<Identity> identities) {
        trustedAnyway = identities;
    }

    /** What was said of both sources, the list's first, and then what the node knows of them. */
    List<Finding> findings() {
        List<Finding> all = new ArrayList<>(listFindings);
        all.addAll(secret.findings());
        NodeSet set = wanted();
        if (set != null && !trustedAnyway.isEmpty()) {
            set.entries().stream()
                    .filter(entry -> trustedAnyway.contains(entry.certificate().identity()))
                    .forEach(entry -> entry.sources()
                            .forEach(source ->
                                    all.add(SetChecks.alreadyTrusted(entry.certificate(), NodeSet.place(source)))));
        }
        return all;
    }

    /** The Secret as last seen; absent where there is none or it is not followed. */
    NodeTrust.@Nullable SecretSeen seen() {
        return secret.version();
    }

    /** Whether the cluster has said of both parts what they are. */
    boolean complete() {
        return trust != null && secret.complete();
    }

    /** Why a source is not what it shall be; absent where all is well. */
    NodeTrust.@Nullable Problem problem() {
        if (problem == null && trust != null && !complete()) {
            return new NodeTrust.Problem(NodeTrust.Problem.SECRET_UNKNOWN, secret.why());
        }
        return problem;
    }
}
