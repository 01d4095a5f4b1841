package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node's NodeTrust, as far as its agent reads it.
 *
 * @param uid the object's UID
 * @param generation the version of the spec
 * @param spec what the node shall trust
 * @param level what an earlier life of the agent reported last
 * @param proof what it had found of the endpoints; absent where it told nothing
 * @param joins whether the agent may add a link of ours to host directories, {@link Names#HOST_DIRECTORIES_ANNOTATION}
 */
public record TrustObject(
        String uid,
        long generation,
        NodeTrust.Spec spec,
        Level level,
        @Nullable TrustProof proof,
        boolean joins) {

    /**
     * The part of the status that tells whether something has changed since.
     *
     * @param wanted fingerprint the node was to reach
     * @param written fingerprint the store held
     * @param loaded fingerprint the runtime read
     * @param proven fingerprint that was proven
     * @param lastChange when one of these last changed, RFC 3339
     */
    public record Level(
            @Nullable String wanted,
            @Nullable String written,
            @Nullable String loaded,
            @Nullable String proven,
            @Nullable String lastChange) {

        /** No level was ever reported. */
        public static final Level NONE = new Level(null, null, null, null, null);
    }

    /** Whether this asks for the same as the other: a change of its status alone is no reason to do anything. */
    public boolean asksSameAs(TrustObject other) {
        return uid.equals(other.uid)
                && generation == other.generation
                && spec.equals(other.spec)
                && joins == other.joins;
    }

    /** Reads a NodeTrust. */
    static Found<TrustObject> read(JsonParser json) throws IOException {
        Metadata[] metadata = {Metadata.NONE};
        NodeTrust.Spec[] spec = {new NodeTrust.Spec(null, false, false)};
        Level[] level = {Level.NONE};
        @Nullable TrustProof[] proof = {null};
        Json.fields(json, name -> {
            switch (name) {
                case "metadata" -> metadata[0] = Metadata.read(json);
                case "spec" -> spec[0] = spec(json);
                case "status" -> level[0] = level(json, proof);
                default -> {
                    // apiVersion and kind are known from the path.
                }
            }
        });
        return new Found<>(
                metadata[0],
                new TrustObject(
                        metadata[0].uid(),
                        metadata[0].generation(),
                        spec[0],
                        level[0],
                        proof[0],
                        metadata[0].hostDirectories().equals(Names.JOIN)));
    }

    private static NodeTrust.Spec spec(JsonParser json) throws IOException {
        String[] set = {"", ""};
        boolean[] may = {false, false};
        List<String> distrusted = new ArrayList<>();
        List<String> probes = new ArrayList<>();
        Integer[] spread = {null};
        Json.fields(json, name -> {
            switch (name) {
                case "certificateSet" -> set[0] = Json.text(json);
                case "followSecret" -> may[0] = Json.truth(json);
                case "runtimeRestart" -> may[1] = Json.truth(json);
                case "distrusted" -> Json.elements(json, () -> distrusted.add(Json.text(json)));
                case "secretFingerprint" -> set[1] = Json.text(json);
                case "probes" -> Json.elements(json, () -> probes.add(Json.text(json)));
                case "proofSpreadSeconds" -> spread[0] = Math.toIntExact(Json.number(json));
                default -> {
                    // nodeUid, which is the controller's business, or a field of a later version.
                }
            }
        });
        return new NodeTrust.Spec(orNull(set[0]), may[0], may[1], distrusted, orNull(set[1]), probes, spread[0], null);
    }

    private static Level level(JsonParser json, @Nullable TrustProof[] proof) throws IOException {
        String[] texts = {"", "", "", "", ""};
        Json.fields(json, name -> {
            switch (name) {
                case "wanted" -> texts[0] = Json.text(json);
                case "written" -> texts[1] = Json.text(json);
                case "loaded" -> texts[2] = Json.text(json);
                case "proven" -> texts[3] = Json.text(json);
                case "lastChange" -> texts[4] = Json.text(json);
                case "proof" ->
                    proof[0] = json.currentToken() == JsonToken.VALUE_NULL ? null : ProofDocument.read(json);
                default -> {
                    // The rest is written anew in any case.
                }
            }
        });
        return new Level(orNull(texts[0]), orNull(texts[1]), orNull(texts[2]), orNull(texts[3]), orNull(texts[4]));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
