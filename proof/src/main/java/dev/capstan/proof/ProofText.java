package dev.capstan.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the process of proofs reads and writes: a request, and a result, each one line of JSON. A field that a reader does not
 * know is passed over, so that the two sides may be of different versions.
 */
final class ProofText {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(64 * 1024)
                    .build())
            .build();

    private ProofText() {}

    private interface Fields {
        void to(JsonGenerator json) throws IOException;
    }

    static String of(ProofRequest request) {
        return object(json -> {
            texts(
                    json,
                    "endpoints",
                    request.endpoints().stream().map(Endpoint::text).toList());
            texts(
                    json,
                    "anchors",
                    request.anchors().stream().map(Path::toString).toList());
            if (request.runtime().isPresent()) {
                json.writeStringField("runtime", request.runtime().get().toString());
            }
            json.writeObjectFieldStart("proxies");
            for (Map.Entry<String, String> variable : request.proxies().entrySet()) {
                json.writeStringField(variable.getKey(), variable.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("limitMillis", request.limit().toMillis());
            json.writeBooleanField("tokenServers", request.tokenServers());
        });
    }

    static String of(ProofResult result) {
        return object(json -> {
            json.writeStringField("endpoint", result.endpoint().text());
            json.writeStringField("outcome", result.outcome().word());
            json.writeStringField("reason", result.reason());
            json.writeStringField("message", result.message());
            json.writeArrayFieldStart("chain");
            for (ChainCertificate certificate : result.chain()) {
                json.writeStartObject();
                json.writeStringField("subject", certificate.subject());
                json.writeStringField("issuer", certificate.issuer());
                json.writeStringField("sha256", certificate.identity().hex());
                json.writeStringField("notBefore", certificate.notBefore().toString());
                json.writeStringField("notAfter", certificate.notAfter().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (result.anchor() != null) {
                json.writeStringField("anchor", result.anchor().hex());
            }
            json.writeNumberField("tookMillis", result.took().toMillis());
            json.writeStringField("at", result.at().toString());
        });
    }

    /**
     * Reads a request.
     *
     * @throws IOException in words, if it is none
     */
    static ProofRequest request(String text) throws IOException {
        List<Endpoint> endpoints = new ArrayList<>();
        List<Path> anchors = new ArrayList<>();
        Map<String, String> proxies = new LinkedHashMap<>();
        List<Path> runtime = new ArrayList<>();
        Duration[] limit = {ProofRequest.USUAL_LIMIT};
        boolean[] tokenServers = {false};
        read(text, (json, name) -> {
            switch (name) {
                case "endpoints" -> elements(json, () -> endpoints.add(Endpoint.parse(json.getText())));
                case "anchors" -> elements(json, () -> anchors.add(Path.of(json.getText())));
                case "runtime" -> runtime.add(Path.of(json.getText()));
                case "proxies" -> fields(json, variable -> proxies.put(variable, json.getText()));
                case "limitMillis" -> limit[0] = Duration.ofMillis(json.getLongValue());
                case "tokenServers" -> tokenServers[0] = json.getBooleanValue();
                default -> json.skipChildren();
            }
        });
        return new ProofRequest(endpoints, anchors, runtime.stream().findFirst(), proxies, limit[0], tokenServers[0]);
    }

    /**
     * Reads a result.
     *
     * @throws IOException in words, if it is none
     */
    static ProofResult result(String text) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        List<ChainCertificate> chain = new ArrayList<>();
        read(text, (json, name) -> {
            if (name.equals("chain")) {
                elements(json, () -> chain.add(certificate(json)));
            } else if (json.currentToken().isScalarValue()) {
                texts.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        });
        String word = text(texts, "outcome");
        Outcome outcome = List.of(Outcome.values()).stream()
                .filter(one -> one.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IOException("a result has an outcome that is none: " + word));
        return new ProofResult(
                Endpoint.parse(text(texts, "endpoint")),
                outcome,
                text(texts, "reason"),
                text(texts, "message"),
                chain,
                Optional.ofNullable(texts.get("anchor")).map(Identity::new).orElse(null),
                Duration.ofMillis(Long.parseLong(text(texts, "tookMillis"))),
                Instant.parse(text(texts, "at")));
    }

    private static ChainCertificate certificate(JsonParser json) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        fields(json, name -> texts.put(name, json.getText()));
        return new ChainCertificate(
                text(texts, "subject"),
                text(texts, "issuer"),
                new Identity(text(texts, "sha256")),
                Instant.parse(text(texts, "notBefore")),
                Instant.parse(text(texts, "notAfter")));
    }

    private static String text(Map<String, String> texts, String name) throws IOException {
        String text = texts.get(name);
        if (text == null) {
            throw new IOException("a result has no " + name);
        }
        return text;
    }

    private static String object(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.to(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new IllegalStateException("a text in memory takes every character", impossible);
        }
        return text.toString();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private interface Field {
        void at(JsonParser json, String name) throws IOException;
    }

    private interface Name {
        void at(String name) throws IOException;
    }

    private interface Element {
        void here() throws IOException;
    }

    private static void read(String text, Field field) throws IOException {
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            fields(json, name -> field.at(json, name));
        } catch (IllegalArgumentException | DateTimeException wrong) {
            throw new IOException("what was read is not as it should be: " + wrong.getMessage(), wrong);
        }
    }

    private static void fields(JsonParser json, Name field) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("what was read is no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            field.at(name);
        }
    }

    private static void elements(JsonParser json, Element element) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("what was read has something else where an array should be");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            element.here();
        }
    }
}
