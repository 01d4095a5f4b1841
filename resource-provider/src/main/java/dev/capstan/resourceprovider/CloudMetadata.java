package dev.capstan.resourceprovider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Json;
import java.util.Optional;

/**
 * The cloud metadata document, {@code /metadata/endpoints}: what {@code az cloud register} and the SDKs ask first, of
 * anybody. Its login endpoint ends in {@code /adfs}, which makes their library log in here and ask Microsoft nothing.
 * Endpoints of services that are not served are left out.
 */
final class CloudMetadata {

    private CloudMetadata() {}

    /** Empty if the request asks for something else. */
    static Optional<ArmAnswer> answer(ArmRequest request) {
        boolean isAsked = request.method().equals("GET")
                && request.path().size() == 2
                && request.path().get(0).equalsIgnoreCase("metadata")
                && request.path().get(1).equalsIgnoreCase("endpoints");
        return isAsked ? Optional.of(ArmAnswer.ok(document(request.origin()))) : Optional.empty();
    }

    private static ObjectNode document(String origin) {
        ObjectNode document = Json.object()
                .put("name", "Capstan")
                .put("resourceManager", origin)
                .put("graphAudience", origin + "/graph");
        ObjectNode authentication = document.putObject("authentication")
                .put("loginEndpoint", origin + "/adfs")
                .put("identityProvider", "ADFS")
                .put("tenant", "adfs");
        authentication.putArray("audiences").add(origin + "/");
        document.putObject("suffixes");
        return document;
    }
}
