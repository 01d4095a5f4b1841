package dev.capstan.embeddedkubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.rbac.Decision;
import dev.capstan.embeddedkubernetes.rbac.PolicyRule;
import dev.capstan.embeddedkubernetes.rbac.Request;
import dev.capstan.embeddedkubernetes.rbac.User;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Answers the kinds that are never stored: questions about who one is and what one, or another, may do. */
public final class Reviews {
    private final Authorizer authorizer;
    private final Authenticator authenticator;

    /** Reviews by the given parts. */
    public Reviews(Authorizer authorizer, Authenticator authenticator) {
        this.authorizer = authorizer;
        this.authenticator = authenticator;
    }

    /**
     * Answers a review.
     *
     * @param review the object as sent; gets its {@code status}
     * @param asker who asks
     * @return the review
     */
    public ObjectNode answer(ObjectNode review, Identity asker) {
        JsonNode spec = review.path("spec");
        ObjectNode status = review.putObject("status");
        switch (review.path("kind").asText("")) {
            case "SelfSubjectAccessReview" -> access(spec, asker.user(), status);
            case "SubjectAccessReview", "LocalSubjectAccessReview" -> {
                Set<String> groups = new HashSet<>(Json.texts(spec.path("groups")));
                access(spec, new User(spec.path("user").asText(""), groups), status);
            }
            case "SelfSubjectRulesReview" -> rules(spec, asker.user(), status);
            case "SelfSubjectReview" -> status.set("userInfo", userInfo(asker));
            case "TokenReview" -> token(spec, status);
            default -> throw ApiFailure.notServed();
        }
        review.withObjectProperty("metadata");
        return review;
    }

    private void access(JsonNode spec, User user, ObjectNode status) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            throw ApiFailure.badRequest(
                    "exactly one of spec.resourceAttributes and spec.nonResourceAttributes must be specified");
        }
        Request request = path.isObject()
                ? new Request.Path(
                        path.path("verb").asText(""), path.path("path").asText(""))
                : new Request.Resource(
                        resource.path("verb").asText(""),
                        resource.path("group").asText(""),
                        resource.path("resource").asText(""),
                        resource.path("subresource").asText(""),
                        resource.path("namespace").asText(""),
                        resource.path("name").asText(""));
        Decision decision = authorizer.policy().authorize(user, request);
        status.put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
    }

    private void rules(JsonNode spec, User user, ObjectNode status) {
        String namespace = spec.path("namespace").asText("");
        if (namespace.isEmpty()) {
            throw ApiFailure.badRequest("no namespace on request");
        }
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        status.put("incomplete", false);
        for (PolicyRule rule : authorizer.policy().rulesFor(user, namespace)) {
            if (!rule.resources().isEmpty()) {
                ObjectNode shown = resources.addObject();
                add(shown, "verbs", rule.verbs());
                add(shown, "apiGroups", rule.apiGroups());
                add(shown, "resources", rule.resources());
                if (!rule.resourceNames().isEmpty()) {
                    add(shown, "resourceNames", rule.resourceNames());
                }
            }
            if (!rule.nonResourceUrls().isEmpty()) {
                ObjectNode shown = paths.addObject();
                add(shown, "verbs", rule.verbs());
                add(shown, "nonResourceURLs", rule.nonResourceUrls());
            }
        }
    }

    private static void add(ObjectNode to, String field, Collection<String> values) {
        ArrayNode array = to.putArray(field);
        new TreeSet<>(values).forEach(array::add);
    }

    private static ObjectNode userInfo(Identity identity) {
        ObjectNode info = Json.object().put("username", identity.user().name());
        if (!identity.uid().isEmpty()) {
            info.put("uid", identity.uid());
        }
        add(info, "groups", identity.user().groups());
        return info;
    }

    private void token(JsonNode spec, ObjectNode status) {
        Optional<Identity> identity =
                authenticator.authenticate(spec.path("token").asText(""));
        status.put("authenticated", identity.isPresent());
        if (identity.isPresent()) {
            status.set("user", userInfo(identity.get()));
            status.putArray("audiences").add(authenticator.audience());
        } else {
            status.putObject("user");
            status.put("error", "the token is not valid for this cluster");
        }
    }
}
