package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.capstan.resources.TrustProof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proof in a NodeTrust's status: written, and read again by the next life of the agent. */
final class ProofDocument {

    private ProofDocument() {}

    static void proof(JsonGenerator json, @Nullable TrustProof proof) throws IOException {
        if (proof == null) {
            json.writeNullField("proof");
            return;
        }
        json.writeObjectFieldStart("proof");
        json.writeStringField("outcome", proof.outcome());
        json.writeStringField("fingerprint", proof.fingerprint());
        json.writeStringField("at", proof.at());
        json.writeArrayFieldStart("endpoints");
        for (TrustProof.Endpoint endpoint : proof.endpoints()) {
            endpoint(json, endpoint);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void endpoint(JsonGenerator json, TrustProof.Endpoint endpoint) throws IOException {
        json.writeStartObject();
        json.writeStringField("endpoint", endpoint.endpoint());
        json.writeStringField("outcome", endpoint.outcome());
        json.writeStringField("reason", endpoint.reason());
        json.writeStringField("message", endpoint.message());
        json.writeStringField("fingerprint", endpoint.fingerprint());
        if (endpoint.anchor() != null) {
            json.writeStringField("anchor", endpoint.anchor());
        }
        json.writeArrayFieldStart("chain");
        for (TrustProof.ChainCertificate certificate : endpoint.chain()) {
            json.writeStartObject();
            json.writeStringField("subject", certificate.subject());
            json.writeStringField("issuer", certificate.issuer());
            json.writeStringField("sha256", certificate.sha256());
            json.writeStringField("notAfter", certificate.notAfter());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("at", endpoint.at());
        TrustProof.Try last = endpoint.lastTry();
        if (last != null) {
            json.writeObjectFieldStart("lastTry");
            json.writeStringField("reason", last.reason());
            json.writeStringField("message", last.message());
            json.writeStringField("at", last.at());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Reads the proof that the parser stands at. */
    static TrustProof read(JsonParser json) throws IOException {
        List<TrustProof.Endpoint> endpoints = new ArrayList<>();
        Map<String, String> texts = new HashMap<>();
        Json.fields(json, name -> {
            if (name.equals("endpoints")) {
                Json.elements(json, () -> endpoints.add(endpoint(json)));
            } else {
                texts.put(name, Json.text(json));
            }
        });
        return new TrustProof(text(texts, "outcome"), text(texts, "fingerprint"), text(texts, "at"), endpoints);
    }

    private static TrustProof.Endpoint endpoint(JsonParser json) throws IOException {
        List<TrustProof.ChainCertificate> chain = new ArrayList<>();
        Map<String, String> texts = new HashMap<>();
        TrustProof.Try[] last = {null};
        Json.fields(json, name -> {
            switch (name) {
                case "chain" -> Json.elements(json, () -> chain.add(certificate(json)));
                case "lastTry" -> last[0] = lastTry(texts(json));
                default -> texts.put(name, Json.text(json));
            }
        });
        return new TrustProof.Endpoint(
                text(texts, "endpoint"),
                text(texts, "outcome"),
                text(texts, "reason"),
                text(texts, "message"),
                text(texts, "fingerprint"),
                texts.get("anchor"),
                chain,
                text(texts, "at"),
                last[0]);
    }

    private static TrustProof.Try lastTry(Map<String, String> texts) {
        return new TrustProof.Try(text(texts, "reason"), text(texts, "message"), text(texts, "at"));
    }

    private static TrustProof.ChainCertificate certificate(JsonParser json) throws IOException {
        Map<String, String> texts = texts(json);
        return new TrustProof.ChainCertificate(
                text(texts, "subject"), text(texts, "issuer"), text(texts, "sha256"), text(texts, "notAfter"));
    }

    private static Map<String, String> texts(JsonParser json) throws IOException {
        Map<String, String> texts = new HashMap<>();
        Json.fields(json, name -> texts.put(name, Json.text(json)));
        return texts;
    }

    private static String text(Map<String, String> texts, String name) {
        return texts.getOrDefault(name, "");
    }
}
