package dev.capstan.embeddedkubernetes.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.disruption.Evictions;
import dev.capstan.embeddedkubernetes.identity.Authenticator;
import dev.capstan.embeddedkubernetes.identity.Authorizer;
import dev.capstan.embeddedkubernetes.identity.Identity;
import dev.capstan.embeddedkubernetes.identity.Reviews;
import dev.capstan.embeddedkubernetes.identity.TokenRequests;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.Subresource;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.DeleteOptions;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.ObjectService;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import dev.capstan.embeddedkubernetes.pipeline.Reads;
import dev.capstan.embeddedkubernetes.pipeline.Selection;
import dev.capstan.embeddedkubernetes.pipeline.Target;
import dev.capstan.embeddedkubernetes.pipeline.Writes;
import dev.capstan.embeddedkubernetes.rbac.Request;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.selector.FieldSelector;
import dev.capstan.embeddedkubernetes.selector.SelectorException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Answers the requests to one virtual cluster, each in the same order: who is it, may she, is it served, then the verb.
 * The body is read only after the first two.
 */
public final class ClusterApi {
    private final ObjectService objects;
    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final Reviews reviews;
    private final TokenRequests tokenRequests;
    private final Evictions evictions;

    /** An API over the objects, guarded by the given parts. */
    public ClusterApi(
            ObjectService objects,
            Authenticator authenticator,
            Authorizer authorizer,
            Reviews reviews,
            TokenRequests tokenRequests,
            Evictions evictions) {
        this.objects = objects;
        this.authenticator = authenticator;
        this.authorizer = authorizer;
        this.reviews = reviews;
        this.tokenRequests = tokenRequests;
        this.evictions = evictions;
    }

    /** Answers or throws an {@link ApiFailure}. */
    Answer answer(Call call) throws IOException {
        Route route = Route.parse(call.path());
        if (route instanceof Route.Path path && Documents.isPublic(path)) {
            requireGet(call);
            return Answer.text(200, "ok");
        }
        Identity caller = authenticator.authenticateHeader(call.authorization()).orElseThrow(ApiFailure::unauthorized);
        if (call.impersonation().isWithoutUser()) {
            return Answer.text(
                    500,
                    "Internal Server Error: \"" + call.path() + "\": requested "
                            + call.impersonation().groups() + " without impersonating a user\n");
        }
        Identity identity = call.impersonation().apply(caller, authorizer);
        return switch (route) {
            case Route.Path path -> {
                String verb = call.method().toLowerCase(Locale.ROOT);
                authorizer.require(identity.user(), new Request.Path(verb, path.text()));
                requireGet(call);
                yield Documents.answer(path, call, objects.registry());
            }
            case Route.Resource resource -> answer(resource, call, identity);
        };
    }

    private static void requireGet(Call call) {
        if (!call.method().equals("GET")) {
            throw ApiFailure.methodNotAllowed();
        }
    }

    private Answer answer(Route.Resource route, Call call, Identity identity) throws IOException {
        Optional<Kind> found = objects.registry().find(route.group(), route.version(), route.plural());
        Verb verb = Verb.of(call, route);
        authorizer.require(identity.user(), request(verb, route, call, found));
        Kind kind = found.orElseThrow(ApiFailure::notServed);
        if (!kind.namespaced() && !route.namespace().isEmpty()) {
            throw ApiFailure.notServed();
        }
        if (kind.namespaced() && !route.name().isEmpty() && route.namespace().isEmpty()) {
            throw ApiFailure.notServed();
        }
        Target target = new Target(kind, route.namespace(), route.name(), route.subresource());
        if (!route.subresource().isEmpty()) {
            Subresource subresource = kind.subresource(route.subresource()).orElseThrow(ApiFailure::notServed);
            requireVerb(subresource.verbs(), verb);
            if (verb == Verb.CREATE) {
                return createSubresource(target, subresource, call, identity.user());
            }
        } else {
            requireVerb(kind.verbs(), verb);
            if (kind.virtual()) {
                return review(target, call, identity);
            }
        }
        return perform(verb, target, call, identity.user());
    }

    private static void requireVerb(Set<String> verbs, Verb verb) {
        if (!verbs.contains(verb.text())) {
            throw ApiFailure.methodNotAllowed();
        }
    }

    private static Request.Resource request(Verb verb, Route.Resource route, Call call, Optional<Kind> kind) {
        String name = route.name();
        if (name.isEmpty() && kind.isPresent() && verb.isOfCollection()) {
            name = selectedName(call, kind.get());
        }
        // As in Kubernetes, access to a namespace is access in that namespace, so that a Role in it can grant it.
        String namespace = route.group().isEmpty() && route.plural().equals("namespaces") ? name : route.namespace();
        return new Request.Resource(verb.text(), route.group(), route.plural(), route.subresource(), namespace, name);
    }

    /** The one name that the field selector admits: a rule for that resourceName covers the request, too. */
    private static String selectedName(Call call, Kind kind) {
        try {
            return FieldSelector.parse(call.parameters().text("fieldSelector"), kind)
                    .exact("metadata.name")
                    .orElse("");
        } catch (SelectorException _) {
            // Refused in words when the request is carried out, for those who may.
            return "";
        }
    }

    private Answer perform(Verb verb, Target target, Call call, User user) throws IOException {
        Form form = Form.choose(target.kind(), call.accept(), call.parameters());
        Parameters parameters = call.parameters();
        return switch (verb) {
            case GET -> Answer.json(200, form.of(objects.reads().get(target, parameters)));
            case LIST -> Answer.json(200, form.of(objects.reads().list(target, parameters)));
            case WATCH -> new Answer.Stream(objects.watch(target, parameters), form);
            case CREATE -> {
                Parameters.FieldValidation validation = parameters.fieldValidation();
                Decoder.Body body = Decoder.decode(
                        target.kind(), call.contentType(), call.body().read(), validation);
                yield written(form, objects.writes().create(target, user, body, parameters.dryRun()));
            }
            case UPDATE -> {
                Parameters.FieldValidation validation = parameters.fieldValidation();
                Decoder.Body body = Decoder.decode(
                        target.kind(), call.contentType(), call.body().read(), validation);
                yield written(form, objects.writes().update(target, user, body, parameters.dryRun()));
            }
            case PATCH ->
                written(
                        form,
                        objects.writes()
                                .patch(
                                        target,
                                        user,
                                        call.contentType(),
                                        call.body().read(),
                                        parameters));
            case DELETE -> {
                DeleteOptions options =
                        DeleteOptions.parse(call.contentType(), call.body().read(), parameters);
                Writes.Result result = objects.writes().delete(target, user, options);
                yield result.gone() ? Answer.json(200, deleted(target, result.object())) : written(form, result);
            }
            case DELETE_COLLECTION -> {
                DeleteOptions options =
                        DeleteOptions.parse(call.contentType(), call.body().read(), parameters);
                Selection selection = Selection.parse(target, parameters);
                ObjectNode metadata = Json.object();
                Reads.Page page =
                        new Reads.Page(metadata, objects.writes().deleteCollection(target, user, selection, options));
                metadata.put("resourceVersion", Long.toString(objects.store().resourceVersion()));
                yield Answer.json(200, form.of(page));
            }
        };
    }

    private static Answer written(Form form, Writes.Result result) {
        ObjectNode shown = form.of(Writes.inVersion(form.kind(), result.object()));
        return Answer.json(result.created() ? 201 : 200, shown, result.warnings());
    }

    private static ObjectNode deleted(Target target, ObjectNode object) {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        ObjectNode details = status.put("status", "Success").putObject("details");
        details.put("name", target.name());
        if (!target.kind().group().isEmpty()) {
            details.put("group", target.kind().group());
        }
        details.put("kind", target.kind().plural()).put("uid", Json.meta(object, "uid"));
        return status;
    }

    private Answer review(Target target, Call call, Identity identity) throws IOException {
        Decoder.Body body = Decoder.decode(
                target.kind(),
                call.contentType(),
                call.body().read(),
                call.parameters().fieldValidation());
        return Answer.json(201, reviews.answer(body.object(), identity), body.warnings());
    }

    private Answer createSubresource(Target target, Subresource subresource, Call call, User user) throws IOException {
        Decoder.Body body = Decoder.decode(
                objects.registry().body(subresource.kind()),
                call.contentType(),
                call.body().read(),
                call.parameters().fieldValidation());
        ObjectNode answer = switch (subresource.kind()) {
            case "TokenRequest" -> tokenRequests.answer(target.namespace(), target.name(), body.object());
            case "Eviction" -> {
                evictions.evict(target, user, body.object(), call.parameters());
                ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
                status.putObject("metadata");
                yield status.put("status", "Success").put("code", 201);
            }
            default -> throw ApiFailure.notServed();
        };
        return Answer.json(201, answer, body.warnings());
    }
}
