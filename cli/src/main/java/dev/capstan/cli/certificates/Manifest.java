package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.EntryFindings;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.KeyNames;
import dev.capstan.certificates.Limits;
import dev.capstan.certificates.ListEntry;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A document that holds certificates as values, in YAML or JSON: Secrets and ConfigMaps, alone, in several documents or in a
 * List; a kubeconfig with its clusters' CAs; the body of a managed cluster with its list. The values go to the reader of
 * certificates, each as an entry of its own, and places are lines of the document. What is said of an object's size and of its
 * keys' names is said here, object by object.
 *
 * <p>Nodes are looked at as they are composed, so that a value has its place, a key that is there twice is seen, and an alias
 * costs nothing; a document of more than {@link BoundedParser} lets through is refused whole, before a tree is made of the rest. Of a kubeconfig nothing but {@code certificate-authority-data} is looked at.
 */
final class Manifest {

    /** More than any Secret has; an alias could have it read as many times again. */
    private static final int MOST_VALUES = 20_000;

    /** At the start of a line, or, where a document is JSON on one line, of a member. */
    private static final Pattern MARK =
            Pattern.compile("(?m)(?:^|[{,])[ \\t]*+\"?(kind|securityProfile|properties)\"?[ \\t]*+:");

    private final CertificateReader reader;
    private final String source;
    private final EntryFindings findings;
    /** Objects that were looked at: an alias is one that was, and lists of aliases of lists are as many as powers of two. */
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<KeyedObject> objects = new ArrayList<>();
    /** By label, whose it is. */
    private final Map<String, String> owners = new HashMap<>();

    private final List<ScalarNode> list = new ArrayList<>();
    private int counted;
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

    /**
     * A Secret or a ConfigMap.
     *
     * @param id kind, namespace and name
     * @param name its name; empty where it has none
     * @param line the line that it begins on
     * @param labels by key, under which label its value is read
     */
    private record KeyedObject(String id, String name, int line, Map<String, String> labels) {}

    private Manifest(CertificateReader reader, String source) {
        this.reader = reader;
        this.source = source;
        this.findings = EntryFindings.ofInput(Place.of(source));
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
                    // All at once: piece by piece it copies a long value again for every piece.
                    .setBufferSize(Math.max(1_024, text.length()))
                    .build();
            new Composer(settings, new BoundedParser(text, settings)).forEachRemaining(manifest::document);
            return manifest.recognised ? Optional.of(manifest.reading()) : Optional.empty();
        } catch (BoundedParser.TooMuch more) {
            return Optional.of(refused(more, source));
        } catch (CharacterCodingException | YamlEngineException | StackOverflowError noDocument) {
            // Whatever else it is, the reader of certificates says it.
            return Optional.empty();
        }
    }

    private static Reading refused(BoundedParser.TooMuch more, String source) {
        return new Reading(
                List.of(),
                List.of(new Finding(
                        FindingCode.TOO_LARGE,
                        Place.of(source).line(more.line()),
                        "the document has " + more.getMessage() + "; nothing of it is read.",
                        "Put in the CA certificates only, or spread them over several files.")));
    }

    private void document(Node node) {
        if (!(node instanceof MappingNode object) || !seen.add(node)) {
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
        var secret = keyed(object);
        each(object, "data", (key, value) -> encoded(label(secret, key), value));
        each(object, "stringData", (key, value) -> plain(label(secret, key), value));
    }

    private void configMap(MappingNode object) {
        var map = keyed(object);
        each(object, "data", (key, value) -> plain(label(map, key), value));
        each(object, "binaryData", (key, value) -> encoded(label(map, key), value));
    }

    private KeyedObject keyed(MappingNode object) {
        recognised = true;
        var metadata = member(object, "metadata").orElse(null);
        var name = metadata instanceof MappingNode mapping ? text(mapping, "name") : "";
        var namespace = metadata instanceof MappingNode mapping ? text(mapping, "namespace") : "";
        // One without a name is no other's namesake.
        var id = text(object, "kind") + " " + (namespace.isEmpty() ? "" : namespace + "/")
                + (name.isEmpty() ? "number " + (objects.size() + 1) : name);
        var keyed = new KeyedObject(id, name, line(object), new LinkedHashMap<>());
        objects.add(keyed);
        return keyed;
    }

    /** What the key's value is read and told of as: by the object's name, and by all of its id where another has that name. */
    private String label(KeyedObject object, String key) {
        var brief = object.name().isEmpty() ? key : object.name() + "/" + key;
        var isTaken = !owners.computeIfAbsent(brief, none -> object.id()).equals(object.id());
        var label = isTaken ? object.id() + "/" + key : brief;
        object.labels().put(key, label);
        return label;
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
                        .filter(this::isRead)
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
                    .filter(this::isRead)
                    .forEach(entry -> list.add((ScalarNode) entry));
        }
    }

    private interface Member {
        void take(String key, ScalarNode value);
    }

    private void each(MappingNode object, String name, Member member) {
        if (member(object, name).orElse(null) instanceof MappingNode mapping) {
            for (var tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && tuple.getValueNode() instanceof ScalarNode value
                        && isRead(value)) {
                    member.take(key.getValue(), value);
                }
            }
        }
    }

    /** Counts a value; answers whether it is one of those that are read. */
    private boolean isRead(Node value) {
        if (++counted == MOST_VALUES + 1) {
            findings.add(new Finding(
                    FindingCode.TOO_LARGE,
                    Place.of(source).line(line(value)),
                    "the document has more than " + MOST_VALUES + " values; from here on they are not read.",
                    "Put in the CA certificates only, or spread them over several files."));
        }
        return counted <= MOST_VALUES;
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
                ? reader.readValues(data, source)
                : reader.readList(list.stream().map(ScalarNode::getValue).toList(), source);
        read.findings()
                .forEach(finding -> findings.add(new Finding(
                        finding.code(),
                        finding.severity(),
                        inDocument(finding.place()),
                        finding.message(),
                        finding.fix())));
        objects.forEach(this::look);
        Limits.ofList(list.isEmpty() ? CertificateSet.empty() : read.set(), Place.of(source))
                .forEach(findings::add);
        return new Reading(
                read.certificates().stream()
                        .map(found -> new Reading.Sourced(found.certificate(), inDocument(found.place())))
                        .toList(),
                findings.list());
    }

    /** Says what is to be said of an object as a whole. */
    private void look(KeyedObject object) {
        var whole = Place.of(source).entry(object.name()).line(object.line());
        var labels = object.labels();
        KeyNames.findings(labels.keySet(), whole, key -> at(labels.getOrDefault(key, key)))
                .forEach(findings::add);
        var size = labels.values().stream()
                .map(values::get)
                .filter(Objects::nonNull)
                .mapToLong(value -> value.bytes().length)
                .sum();
        Limits.ofManifest(size, whole).forEach(findings::add);
    }

    /** Where the value of this label begins. */
    private Place at(String label) {
        var place = Place.of(source).entry(label);
        var value = values.get(label);
        return value == null ? place : place.line(value.line());
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
