package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;

/**
 * A request that found its route.
 *
 * @param request the request
 * @param variables what stands in the path where its template has variables
 * @param version its api-version
 */
public record Call(ArmRequest request, Map<String, String> variables, ApiVersion version) {

    /** The segment that the template's variable of that name stands for. */
    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name), "the template has no such variable");
    }

    /** The body; see {@link ArmRequest#body}. */
    public ObjectNode body() {
        return request.body();
    }

    /** Where a client finds this path on this server, with the api-version it used itself. */
    public String url(String path) {
        return request.origin() + path + "?api-version=" + version;
    }
}
