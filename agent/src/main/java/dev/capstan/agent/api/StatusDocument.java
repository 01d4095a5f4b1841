package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A NodeTrust's status as a JSON merge patch (RFC 7396): what is absent is written as null, so that it goes away, but within
 * arrays, which are replaced as a whole.
 */
final class StatusDocument {

    private StatusDocument() {}

    static byte[] of(NodeTrust.Status status) {
        return Json.object(json -> {
            json.writeObjectFieldStart("status");
            json.writeNumberField("observedGeneration", status.observedGeneration());
            text(json, "wanted", status.wanted());
            text(json, "written", status.written());
            text(json, "loaded", status.loaded());
            text(json, "proven", status.proven());
            lane(json, status.lane());
            certificates(json, status.certificates());
            findings(json, status.findings());
            problem(json, status.problem());
            secret(json, status.secret());
            text(json, "agent", status.agent());
            text(json, "lastChange", status.lastChange());
            text(json, "level", status.level());
            ProofDocument.proof(json, status.proof());
            runtime(json, status.runtime());
            drift(json, status.drift());
            text(json, "set", status.set());
            json.writeEndObject();
        });
    }

    private static void text(JsonGenerator json, String field, @Nullable String value) throws IOException {
        json.writeFieldName(field);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
    }

    private static void lane(JsonGenerator json, NodeTrust.@Nullable Lane lane) throws IOException {
        if (lane == null) {
            json.writeNullField("lane");
            return;
        }
        json.writeObjectFieldStart("lane");
        json.writeStringField("name", lane.name());
        json.writeStringField("reason", lane.reason());
        json.writeEndObject();
    }

    private static void certificates(JsonGenerator json, List<NodeTrust.TrustedCertificate> certificates)
            throws IOException {
        json.writeArrayFieldStart("certificates");
        for (NodeTrust.TrustedCertificate certificate : certificates) {
            json.writeStartObject();
            json.writeStringField("subject", certificate.subject());
            json.writeStringField("sha256", certificate.sha256());
            json.writeStringField("notAfter", certificate.notAfter());
            json.writeArrayFieldStart("sources");
            for (String source : certificate.sources()) {
                json.writeString(source);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void findings(JsonGenerator json, List<NodeTrust.StatusFinding> findings) throws IOException {
        json.writeArrayFieldStart("findings");
        for (NodeTrust.StatusFinding finding : findings) {
            json.writeStartObject();
            json.writeStringField("code", finding.code());
            json.writeStringField("severity", finding.severity());
            json.writeStringField("source", finding.source());
            json.writeStringField("message", finding.message());
            json.writeStringField("fix", finding.fix());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void problem(JsonGenerator json, NodeTrust.@Nullable Problem problem) throws IOException {
        if (problem == null) {
            json.writeNullField("problem");
            return;
        }
        json.writeObjectFieldStart("problem");
        json.writeStringField("reason", problem.reason());
        json.writeStringField("message", problem.message());
        json.writeEndObject();
    }

    private static void secret(JsonGenerator json, NodeTrust.@Nullable SecretSeen secret) throws IOException {
        if (secret == null) {
            json.writeNullField("secret");
            return;
        }
        json.writeObjectFieldStart("secret");
        json.writeStringField("uid", secret.uid());
        json.writeStringField("resourceVersion", secret.resourceVersion());
        json.writeEndObject();
    }

    private static void runtime(JsonGenerator json, @Nullable NodeRuntime runtime) throws IOException {
        if (runtime == null) {
            json.writeNullField("runtime");
            return;
        }
        json.writeObjectFieldStart("runtime");
        json.writeStringField("name", runtime.name());
        text(json, "version", runtime.version());
        json.writeNumberField("pid", runtime.pid());
        text(json, "startedAt", runtime.startedAt());
        if (runtime.startedSinceBoot() == null) {
            json.writeNullField("startedSinceBoot");
        } else {
            json.writeNumberField("startedSinceBoot", runtime.startedSinceBoot());
        }
        named(json, "stale", runtime.stale());
        named(json, "notYetKnown", runtime.notYetKnown());
        json.writeNumberField("restarts", runtime.restarts());
        text(json, "lastRestart", runtime.lastRestart());
        json.writeArrayFieldStart("otherDaemons");
        for (NodeRuntime.OtherDaemon daemon : runtime.otherDaemons()) {
            json.writeStartObject();
            json.writeStringField("name", daemon.name());
            json.writeNumberField("pid", daemon.pid());
            json.writeStringField("words", daemon.words());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void drift(JsonGenerator json, NodeTrust.@Nullable Drift drift) throws IOException {
        if (drift == null) {
            json.writeNullField("drift");
            return;
        }
        json.writeObjectFieldStart("drift");
        json.writeNumberField("healed", drift.healed());
        json.writeStringField("last", drift.last());
        json.writeStringField("what", drift.what());
        json.writeEndObject();
    }

    private static void named(JsonGenerator json, String field, List<NodeRuntime.NamedCertificate> certificates)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (NodeRuntime.NamedCertificate certificate : certificates) {
            json.writeStartObject();
            if (certificate.subject() != null) {
                json.writeStringField("subject", certificate.subject());
            }
            json.writeStringField("sha256", certificate.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
