package dev.capstan.embeddedkubernetes.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.discovery.Discovery;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.openapi.OpenApi;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.Registry;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The paths that are no resources: discovery, OpenAPI, version. */
final class Documents {
    private static final ObjectNode VERSION = Json.object()
            .put("major", "1")
            .put("minor", "36")
            .put("gitVersion", "v1.36.0+embedded")
            .put("gitCommit", "")
            .put("gitTreeState", "clean")
            .put("buildDate", "1970-01-01T00:00:00Z")
            .put("goVersion", "")
            .put("compiler", "")
            .put("platform", "java");

    private Documents() {}

    /** Whether the path is answered without a credential. */
    static boolean isPublic(Route.Path path) {
        return switch (path.text()) {
            case "/healthz", "/livez", "/readyz", "/version" -> true;
            default -> false;
        };
    }

    static Answer publicAnswer(Route.Path path) {
        return path.text().equals("/version") ? Answer.json(200, VERSION) : Answer.text(200, "ok");
    }

    static Answer answer(Route.Path path, Call call, Registry registry) {
        List<String> segments = path.segments();
        if (segments.isEmpty()) {
            ObjectNode root = Json.object();
            List.of("/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version")
                    .forEach(root.putArray("paths")::add);
            return Answer.json(200, root);
        }
        Collection<Kind> kinds = registry.all();
        return switch (segments.getFirst()) {
            case "api" ->
                segments.size() == 1
                        ? groups(call, Discovery.coreVersions(), Discovery.aggregatedCore(kinds))
                        : resources("", segments.get(1), kinds);
            case "apis" ->
                switch (segments.size()) {
                    case 1 -> groups(call, Discovery.groups(kinds), Discovery.aggregatedGroups(kinds));
                    case 2 ->
                        Answer.json(200, Discovery.group(segments.get(1), kinds).orElseThrow(ApiFailure::notServed));
                    default -> resources(segments.get(1), segments.get(2), kinds);
                };
            case "openapi" -> openApi(path, call, registry.openApi());
            default -> throw ApiFailure.notServed();
        };
    }

    private static Answer groups(Call call, ObjectNode plain, ObjectNode aggregated) {
        for (Accepted clause : Accepted.parse(call.accept())) {
            if (clause.isJson() && clause.parameter("as").isEmpty()) {
                return Answer.json(200, plain);
            }
            if (clause.isJson()
                    && clause.parameter("as").equals("APIGroupDiscoveryList")
                    && clause.parameter("v").equals("v2")) {
                return new Answer.Whole(
                        200,
                        Discovery.AGGREGATED_CONTENT_TYPE,
                        Json.bytes(aggregated),
                        Map.of("Vary", "Accept"),
                        List.of());
            }
        }
        throw ApiFailure.notAcceptable("application/json, " + Discovery.AGGREGATED_CONTENT_TYPE);
    }

    private static Answer resources(String group, String version, Collection<Kind> kinds) {
        return Answer.json(200, Discovery.resources(group, version, kinds).orElseThrow(ApiFailure::notServed));
    }

    private static Answer openApi(Route.Path path, Call call, OpenApi openApi) {
        String below = path.text();
        if (below.equals("/openapi/v2")) {
            // The type clients ask for (spec.v2@v1.0) is no valid media type, so Accept cannot be judged by it; JSON is
            // all that is asked for by others.
            if (Accepted.parse(call.accept()).stream()
                    .noneMatch(clause ->
                            clause.type().contains("protobuf") || clause.type().contains("*"))) {
                throw ApiFailure.notAcceptable(OpenApi.V2_CONTENT_TYPE);
            }
            return document(openApi.v2(), OpenApi.V2_CONTENT_TYPE, call);
        }
        if (below.equals("/openapi/v3")) {
            return document(openApi.v3Index(), "application/json", call);
        }
        if (below.startsWith("/openapi/v3/")) {
            return document(
                    openApi.v3(below.substring("/openapi/v3/".length())).orElseThrow(ApiFailure::notServed),
                    "application/json",
                    call);
        }
        throw ApiFailure.notServed();
    }

    private static Answer document(OpenApi.Document document, String contentType, Call call) {
        String tag = "\"" + document.hash() + "\"";
        Map<String, String> headers = Map.of("ETag", tag, "Vary", "Accept");
        return call.ifNoneMatch().equals(tag)
                ? new Answer.Whole(304, contentType, new byte[0], headers, List.of())
                : new Answer.Whole(200, contentType, document.body(), headers, List.of());
    }
}
