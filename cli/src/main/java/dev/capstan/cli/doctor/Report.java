package dev.capstan.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Json;
import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A diagnosis with the facts it rests on, for people and for programs. */
public final class Report {

    private final Facts facts;
    private final Optional<Endpoint> endpoint;
    private final Diagnosis diagnosis;

    private Report(Facts facts, Optional<Endpoint> endpoint) {
        this.facts = facts;
        this.endpoint = endpoint;
        this.diagnosis = Doctor.diagnose(facts);
    }

    /**
     * Examines the node that this process runs on.
     *
     * @param root the node's root
     * @param endpoint what cannot be pulled; empty to look at the node alone
     * @param cluster what {@link #cluster} said; empty where no control plane was asked
     */
    public static Report onNode(Path root, Optional<Endpoint> endpoint, Optional<JsonNode> cluster) {
        return new Report(NodeExamination.of(root, endpoint, cluster.map(ClusterView::of)), endpoint);
    }

    /** What the control plane knows of a node: certificates of CAs and words, no data of a Secret. */
    public static JsonNode cluster(Api api, ManagedCluster cluster, Node node) {
        return ClusterExamination.of(api, cluster, node).toJson();
    }

    /** Whether nothing is wrong. */
    public boolean isWell() {
        return diagnosis.items().isEmpty();
    }

    public JsonNode json() {
        var json = Json.object().put("node", facts.node());
        json.put("endpoint", endpoint.map(Endpoint::text).orElse(null));
        var causes = json.putArray("causes");
        for (var item : diagnosis.items()) {
            causes.addObject()
                    .put("cause", item.cause().word())
                    .put("message", item.words())
                    .put("fix", item.fix());
        }
        facts.way().ifPresent(way -> {
            var object = json.putObject("way");
            object.put("host", way.host()).put("reason", way.reason().word()).put("message", way.message());
            var addresses = object.putArray("addresses");
            way.addresses().forEach(addresses::add);
            object.put("proxy", way.proxy().isEmpty() ? null : way.proxy());
            var chain = object.putArray("chain");
            for (var certificate : way.chain()) {
                chain.addObject()
                        .put("subject", certificate.subject())
                        .put("issuer", certificate.issuer())
                        .put("sha256", certificate.identity().hex())
                        .put("notBefore", certificate.notBefore().toString())
                        .put("notAfter", certificate.notAfter().toString());
            }
        });
        var places = json.putObject("certificateAuthority");
        for (var place : Place.values()) {
            places.put(key(place), facts.store().at(place).name().toLowerCase(Locale.ROOT));
        }
        var runtime = json.putObject("runtime");
        runtime.put("process", facts.runtime().process())
                .put("lane", facts.runtime().lane());
        runtime.put("stale", facts.runtime().stale())
                .put("hostDirectory", facts.runtime().hostDirectory());
        var daemons = runtime.putArray("otherDaemons");
        facts.runtime().otherDaemons().forEach(daemons::add);
        facts.runtime()
                .pull()
                .ifPresent(pull -> runtime.putObject("pull")
                        .put("reason", pull.reason().word())
                        .put("message", pull.words()));
        var clock = json.putObject("clock").put("now", facts.clock().now().toString());
        facts.clock().reference().ifPresent(time -> clock.put("reference", time.toString()));
        return json;
    }

    public String text() {
        var text = new StringBuilder(facts.node())
                .append(endpoint.map(one -> ": " + one.text()).orElse(""))
                .append(System.lineSeparator());
        if (isWell()) {
            row(
                    text,
                    "well",
                    endpoint.isPresent()
                            ? "nothing is wrong with trust: the chain verifies, and the runtime reaches the server"
                            : "nothing is wrong with the trust store and the runtime");
        }
        var number = 1;
        for (var item : diagnosis.items()) {
            text.append(String.format("  %d. %s: %s%n", number++, item.cause().word(), item.words()));
            text.append(String.format("     fix: %s%n", item.fix()));
        }
        text.append(String.format("%nwhat was found%n"));
        facts.way().ifPresent(way -> {
            row(
                    text,
                    "way",
                    way.host() + " " + (way.addresses().isEmpty() ? "has no address" : way.addresses())
                            + (way.proxy().isEmpty() ? ", without a proxy" : ", through " + way.proxy()));
            for (ChainCertificate certificate : way.chain()) {
                row(
                        text,
                        "chain",
                        certificate.subject() + ", issued by " + certificate.issuer() + ", until "
                                + certificate.notAfter());
            }
            if (!way.chain().isEmpty()) {
                row(text, "its CA", "in " + TrustCauses.where(facts.store()) + lacking());
            }
        });
        var runtime = facts.runtime();
        row(text, "runtime", runtime.runs() ? runtime.process() + ", lane " + runtime.lane() : "none runs");
        if (!runtime.hostDirectory().isEmpty()) {
            row(text, "directory", runtime.hostDirectory());
        }
        runtime.otherDaemons().forEach(words -> row(text, "beside it", words));
        runtime.pull().ifPresent(pull -> row(text, "its pull", pull.reason().word() + ": " + pull.words()));
        row(
                text,
                "clock",
                facts.clock().now()
                        + facts.clock()
                                .reference()
                                .map(time -> "; " + facts.clock().source() + " " + time)
                                .orElse(""));
        return text.toString();
    }

    private String lacking() {
        List<String> words = new ArrayList<>();
        for (Place place : Place.values()) {
            if (facts.store().at(place) == Place.Holding.NO || facts.store().at(place) == Place.Holding.BROKEN) {
                words.add(place.words());
            }
        }
        return words.isEmpty() ? "" : "; not in " + String.join(", ", words);
    }

    private static String key(Place place) {
        return switch (place) {
            case SECRET -> "secret";
            case LIST -> "list";
            case ANCHORS -> "anchors";
            case BUNDLE -> "bundle";
            case HASH_DIRECTORY -> "hashDirectory";
            case KEYSTORE -> "keystore";
            case SHOWN_SET -> "shownSet";
            case HOST_DIRECTORY -> "hostDirectory";
        };
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format("  %-9s %s%n", name, value));
    }
}
