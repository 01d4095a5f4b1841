package dev.capstan.cli.doctor;

import dev.capstan.certificates.Identity;
import dev.capstan.proof.Anchors;
import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.ChainCheck;
import dev.capstan.proof.Endpoint;
import dev.capstan.proof.ImageEndpoint;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.Reason;
import dev.capstan.proof.TlsEndpoint;
import dev.capstan.proof.TlsProof;
import dev.capstan.proof.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers the facts on the node itself: by a handshake, by reading its store, and by asking its runtime. */
final class NodeExamination {

    private static final Duration LIMIT = ProofRequest.USUAL_LIMIT;
    private static final Duration SHORT_LIMIT = Duration.ofSeconds(5);
    private static final Pattern ORGANISATION = Pattern.compile("(?:^|,)O=((?:\\\\.|[^,\\\\])+)");

    private final Path root;
    private final Optional<Endpoint> endpoint;
    private final Optional<ClusterView> cluster;

    private NodeExamination(Path root, Optional<Endpoint> endpoint, Optional<ClusterView> cluster) {
        this.root = root;
        this.endpoint = endpoint;
        this.cluster = cluster;
    }

    /**
     * Gathers them.
     *
     * @param root the node's root; the network is that of this process
     */
    static Facts of(Path root, Optional<Endpoint> endpoint, Optional<ClusterView> cluster) {
        return new NodeExamination(root, endpoint, cluster).facts();
    }

    private Facts facts() {
        var now = Instant.now();
        var runtime = RuntimeExamination.of(root);
        var store = StoreExamination.of(root);
        var proof = endpoint.map(asked -> TlsProof.of(server(asked), store.anchors(), runtime.proxies(), LIMIT));
        List<X509Certificate> chain = proof.map(TlsProof::chain).orElse(List.of());
        var host = endpoint.map(asked -> server(asked).host()).orElse("");
        var judged = proof.filter(seen -> seen.reason() != Reason.PROXY_UNTRUSTED)
                        .isPresent()
                ? host
                : proof.flatMap(TlsProof::proxy).map(proxy -> proxy.host()).orElse(host);

        Places places = new Places(chain, judged, now);
        places.add(Place.SECRET, cluster.map(ClusterView::secret));
        places.add(Place.LIST, cluster.map(ClusterView::list));
        var registry = endpoint.map(NodeExamination::registry).orElse("");
        places.add(Place.HOST_DIRECTORY, runtime.hostDirectoryCertificates(registry));
        places.add(Place.SHOWN_SET, runtime.shownSet());
        store.addTo(places);

        var way = proof.map(seen -> way(seen, host, store.anchors(), runtime.proxies()));
        var name = cluster.map(ClusterView::node).orElse("");
        return new Facts(
                name.isEmpty() ? "this node" : name,
                way,
                clock(now, chain, store),
                new Facts.Store(places.holdings(), store.faults()),
                runtime.side(registry, repository(), places.completing(), way, LIMIT),
                cluster.map(view -> cluster(view, places, chain, judged, now)),
                apiAway());
    }

    /** What the agent notes while its API is away; nothing depends on it, so a note that cannot be read is none. */
    private String apiAway() {
        try (Stream<String> lines = Files.lines(root.resolve("var/lib/capstan/agent/api-away"))) {
            return lines.map(line -> line.replaceFirst("^since=", "since ").replaceFirst("^words=", "the agent "))
                    .collect(Collectors.joining(" "));
        } catch (IOException | UncheckedIOException none) {
            return "";
        }
    }

    private static TlsEndpoint server(Endpoint asked) {
        return switch (asked) {
            case TlsEndpoint server -> server;
            case ImageEndpoint image -> image.server();
        };
    }

    /** The registry as host directories and references name it. */
    private static String registry(Endpoint asked) {
        return switch (asked) {
            case TlsEndpoint server -> server.port() == 443 ? server.host() : server.address();
            case ImageEndpoint image -> image.registry();
        };
    }

    /** What the runtime is asked to pull: of a server the repository of nobody. */
    private String repository() {
        return endpoint.map(asked -> switch (asked) {
                    case TlsEndpoint server -> registry(server) + "/capstan/doctor";
                    case ImageEndpoint image -> image.registry() + "/" + image.repository();
                })
                .orElse("");
    }

    private Facts.Way way(TlsProof proof, String host, Anchors anchors, Map<String, String> proxies) {
        Verdict verdict = proof.verdict();
        X509Certificate missing = verdict == null ? null : verdict.missing();
        boolean ends = missing != null && missing.getSubjectX500Principal().equals(missing.getIssuerX500Principal());
        String issuer = missing == null ? "" : ChainCertificate.of(missing).issuer();
        return new Facts.Way(
                host,
                proof.reason(),
                proof.message(),
                proof.addresses().stream().map(InetAddress::getHostAddress).toList(),
                proof.proxy().map(Object::toString).orElse(""),
                proof.chain().stream().map(ChainCertificate::of).toList(),
                verdict == null ? List.of() : verdict.problems(),
                issuer,
                ends,
                verdict != null && verdict.rekeyed(),
                missing == null || ends ? "" : relative(issuer, anchors),
                missing == null || proof.proxy().isEmpty() || proof.reason() == Reason.PROXY_UNTRUSTED
                        ? ""
                        : straight(proof, proxies));
    }

    /** A trusted CA of the organisation of this name. */
    private static String relative(String issuer, Anchors anchors) {
        Matcher organisation = ORGANISATION.matcher(issuer);
        if (!organisation.find()) {
            return "";
        }
        for (String subject : anchors.subjects()) {
            Matcher other = ORGANISATION.matcher(subject);
            if (other.find() && other.group(1).equals(organisation.group(1)) && !subject.equals(issuer)) {
                return subject;
            }
        }
        return "";
    }

    /** Who issued the server's certificate without the proxy, if that is another certificate. */
    private String straight(TlsProof proof, Map<String, String> proxies) {
        var direct = TlsProof.of(server(endpoint.orElseThrow()), Anchors.of(""), Map.of(), SHORT_LIMIT);
        boolean other = !proxies.isEmpty()
                && !direct.chain().isEmpty()
                && !direct.chain().getFirst().equals(proof.chain().getFirst());
        return other ? ChainCertificate.of(direct.chain().getFirst()).issuer() : "";
    }

    private Facts.Clock clock(Instant now, List<X509Certificate> chain, StoreExamination store) {
        Optional<Instant> reference = cluster.map(ClusterView::now).or(() -> store.timeToldByFiles(now));
        boolean holds = reference.isPresent()
                && !chain.isEmpty()
                && chain.stream().allMatch(certificate -> within(certificate, reference.get()));
        return new Facts.Clock(
                now,
                reference.map(time -> Instant.ofEpochSecond(time.getEpochSecond())),
                cluster.isPresent() ? "the control plane's says" : "the files of the trust store were written at",
                holds);
    }

    private static boolean within(X509Certificate certificate, Instant time) {
        return !time.isBefore(certificate.getNotBefore().toInstant())
                && !time.isAfter(certificate.getNotAfter().toInstant());
    }

    private static Facts.Cluster cluster(
            ClusterView view, Places places, List<X509Certificate> chain, String host, Instant now) {
        Facts.Cluster facts = view.facts();
        Set<String> completing = new TreeSet<>();
        places.completing().forEach(identity -> completing.add(identity.hex()));
        boolean misplaced = !chain.isEmpty()
                && !ChainCheck.of(chain, Anchors.of(view.misplaced()), host, now)
                        .has(Reason.UNKNOWN_AUTHORITY);
        return new Facts.Cluster(
                facts.options(),
                facts.pool(),
                facts.enabled(),
                facts.feature(),
                facts.secret(),
                misplaced ? facts.elsewhere() : "",
                facts.refused(),
                facts.withheld(),
                facts.silent(),
                facts.problem(),
                facts.underWay(),
                view.distrusted().stream().anyMatch(completing::contains));
    }

    /** Judges the chain by the certificates of each place. */
    static final class Places {

        private final List<X509Certificate> chain;
        private final String host;
        private final Instant now;
        private final Map<Place, Place.Holding> holdings = new EnumMap<>(Place.class);
        private final Set<Identity> completing = new TreeSet<>();

        Places(List<X509Certificate> chain, String host, Instant now) {
            this.chain = List.copyOf(chain);
            this.host = host;
            this.now = now;
        }

        /** The PEM certificates of a place; empty where there is no such place. */
        void add(Place place, Optional<String> pem) {
            pem.ifPresent(text -> add(place, Anchors.of(text)));
        }

        void add(Place place, Anchors anchors) {
            if (chain.isEmpty()) {
                return;
            }
            Verdict verdict = ChainCheck.of(chain, anchors, host, now);
            holdings.put(place, verdict.has(Reason.UNKNOWN_AUTHORITY) ? Place.Holding.NO : Place.Holding.YES);
            if (verdict.anchor() != null) {
                completing.add(ChainCertificate.of(verdict.anchor()).identity());
            }
        }

        void put(Place place, Place.Holding holding) {
            holdings.put(place, holding);
        }

        boolean judges() {
            return !chain.isEmpty();
        }

        /** The certificates with which the chain verifies, wherever they are. */
        Set<Identity> completing() {
            return Set.copyOf(completing);
        }

        Map<Place, Place.Holding> holdings() {
            return new EnumMap<>(holdings);
        }
    }
}
