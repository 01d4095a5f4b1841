package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.ListEntry;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A document that holds certificates as values, in YAML or JSON: Secrets and ConfigMaps, alone, in several documents or in a
 * List; a kubeconfig with its clusters' CAs; the body of a managed cluster with its list. The values go to the reader of
 * certificates, each as an entry of its own, and places are lines of the document.
 *
 * <p>Nodes are looked at as they are composed, so that a value has its place, a key that is there twice is seen, and an alias
 * costs nothing. Of a kubeconfig nothing but {@code certificate-authority-data} is looked at.
 */
final class Manifest {

    private static final Pattern MARK = Pattern.compile("(?m)^\\s*\"?(kind|securityProfile|properties)\"?\\s*:");

    private final CertificateReader reader;
    private final String source;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<ScalarNode> list = new ArrayList<>();
    private boolean recognised;

    /**
     * A value of a key.
     *
     * @param bytes what it says
     * @param line the document's line that its first line is on, from 1
     * @param counts whether its lines are lines of the document
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Value(byte[] bytes, int line, boolean counts) {}

    private Manifest(CertificateReader reader, String source) {
        this.reader = reader;
        this.source = source;
    }

    /** What was made of the document; empty if these bytes are none that holds certificates. */
    static Optional<Reading> read(CertificateReader reader, byte[] bytes, String source) {
        if (bytes.length > CertificateReader.LARGEST_ENTRY) {
            return Optional.empty();
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (!MARK.matcher(text).find()) {
                return Optional.empty();
            }
            var manifest = new Manifest(reader, source);
            var settings = LoadSettings.builder()
                    .setAllowDuplicateKeys(true)
                    .setCodePointLimit(CertificateReader.LARGEST_ENTRY)
                    .build();
            new Compose(settings).composeAllFromString(text).forEach(manifest::document);
            return manifest.recognised ? Optional.of(manifest.reading()) : Optional.empty();
        } catch (CharacterCodingException | YamlEngineException | StackOverflowError noDocument) {
            // Whatever else it is, the reader of certificates says it.
            return Optional.empty();
        }
    }

    private void document(Node node) {
        if (!(node instanceof MappingNode object)) {
            return;
        }
        switch (text(object, "kind")) {
            case "Secret" -> secret(object);
            case "ConfigMap" -> configMap(object);
            case "List", "SecretList", "ConfigMapList" -> items(object);
            case "Config" -> kubeconfig(object);
            default -> managedCluster(object);
        }
    }

    private void items(MappingNode object) {
        if (member(object, "items").orElse(null) instanceof SequenceNode items) {
            items.getValue().forEach(this::document);
        }
    }

    private void secret(MappingNode object) {
        recognised = true;
        each(object, "data", (key, value) -> encoded(name(object, key), value));
        each(object, "stringData", (key, value) -> plain(name(object, key), value));
    }

    private void configMap(MappingNode object) {
        recognised = true;
        each(object, "data", (key, value) -> plain(name(object, key), value));
        each(object, "binaryData", (key, value) -> encoded(name(object, key), value));
    }

    private static String name(MappingNode object, String key) {
        var metadata = member(object, "metadata").orElse(null);
        var name = metadata instanceof MappingNode mapping ? text(mapping, "name") : "";
        return name.isEmpty() ? key : name + "/" + key;
    }

    private void kubeconfig(MappingNode object) {
        recognised = true;
        if (!(member(object, "clusters").orElse(null) instanceof SequenceNode clusters)) {
            return;
        }
        for (var item : clusters.getValue()) {
            if (item instanceof MappingNode named
                    && member(named, "cluster").orElse(null) instanceof MappingNode cluster) {
                member(cluster, "certificate-authority-data")
                        .filter(ScalarNode.class::isInstance)
                        .ifPresent(data -> encoded(text(named, "name"), (ScalarNode) data));
            }
        }
    }

    private void managedCluster(MappingNode object) {
        var properties = member(object, "properties").orElse(object);
        if (properties instanceof MappingNode mapping
                && member(mapping, "securityProfile").orElse(null) instanceof MappingNode profile
                && member(profile, "customCATrustCertificates").orElse(null) instanceof SequenceNode entries) {
            recognised = true;
            entries.getValue().stream()
                    .filter(ScalarNode.class::isInstance)
                    .forEach(entry -> list.add((ScalarNode) entry));
        }
    }

    private interface Member {
        void take(String key, ScalarNode value);
    }

    private void each(MappingNode object, String name, Member member) {
        if (member(object, name).orElse(null) instanceof MappingNode mapping) {
            for (var tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key && tuple.getValueNode() instanceof ScalarNode value) {
                    member.take(key.getValue(), value);
                }
            }
        }
    }

    private void encoded(String key, ScalarNode value) {
        ListEntry.decode(value.getValue())
                .ifPresentOrElse(
                        bytes -> put(key, new Value(bytes, line(value), false)),
                        () -> findings.add(new Finding(
                                FindingCode.NOT_BASE64,
                                Place.of(source).entry(key).line(line(value)),
                                "the value is not base64, and the API server refuses the whole object for it.",
                                "Give the base64 of the certificate's PEM text (base64 -w0 FILE), or the text itself under"
                                        + " stringData.")));
    }

    private void plain(String key, ScalarNode value) {
        var block = value.getScalarStyle() == ScalarStyle.LITERAL;
        var bytes = value.getValue().getBytes(StandardCharsets.UTF_8);
        put(key, new Value(bytes, line(value) + (block ? 1 : 0), block));
    }

    private void put(String key, Value value) {
        var before = values.put(key, value);
        if (before != null) {
            findings.add(new Finding(
                    FindingCode.KEY_COLLISION,
                    Place.of(source).entry(key).line(value.line()),
                    "the key has a value before (line " + before.line() + "), and this one takes its place.",
                    "Give each value a key of its own; stringData goes before data."));
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static String text(MappingNode object, String name) {
        return member(object, name).orElse(null) instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** A member by its name, whose case az and ARM do not agree on. */
    private static Optional<Node> member(MappingNode object, String name) {
        return object.getValue().stream()
                .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode key
                        && key.getValue().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                .map(NodeTuple::getValueNode)
                .reduce((first, last) -> last);
    }

    private Reading reading() {
        var data = new HashMap<String, byte[]>();
        values.forEach((key, value) -> data.put(key, value.bytes()));
        var read = list.isEmpty()
                ? reader.readSecret(data, source)
                : reader.readList(list.stream().map(ScalarNode::getValue).toList(), source);
        findings.addAll(read.findings().stream()
                .map(finding -> new Finding(
                        finding.code(),
                        finding.severity(),
                        inDocument(finding.place()),
                        finding.message(),
                        finding.fix()))
                .toList());
        return new Reading(
                read.certificates().stream()
                        .map(found -> new Reading.Sourced(found.certificate(), inDocument(found.place())))
                        .toList(),
                findings);
    }

    private Place inDocument(Place place) {
        var value = values.get(place.entry());
        if (value != null) {
            var line = value.counts() && place.line() > 0 ? value.line() + place.line() - 1 : value.line();
            return Place.of(source).entry(place.entry()).line(line);
        }
        return list.isEmpty() || place.entry().isEmpty()
                ? place
                : place.line(line(list.get(Integer.parseInt(place.entry()))));
    }
}
