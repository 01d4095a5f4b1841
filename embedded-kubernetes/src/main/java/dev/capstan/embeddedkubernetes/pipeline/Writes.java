package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.schema.Defaults;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.schema.ObjectMeta;
import dev.capstan.embeddedkubernetes.schema.Validation;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Draft;
import dev.capstan.embeddedkubernetes.store.Write;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every way to change objects. A request is decoded on its own thread; all that depends on the stored state (conflicts,
 * patches, admission, validation) happens inside one store write, so that there is nothing to retry and no gap between
 * check and write.
 */
public final class Writes {
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int GENERATED = 5;
    private static final int GENERATED_BASE = 58;
    /** Kinds whose update must say which version it replaces (AllowUnconditionalUpdate false). */
    private static final Set<String> CONDITIONAL = Set.of("leases.coordination.k8s.io", CustomResources.RESOURCE);

    private final ClusterStore store;
    private final List<Admission> admissions;
    private final SecureRandom random = new SecureRandom();

    Writes(ClusterStore store, List<Admission> admissions) {
        this.store = store;
        this.admissions = admissions;
    }

    /**
     * The outcome of a write.
     *
     * @param object what is stored now, or was last
     * @param created whether it is new
     * @param gone whether it was deleted
     * @param warnings for {@code Warning} headers
     */
    public record Result(ObjectNode object, boolean created, boolean gone, List<String> warnings) {}

    /** Runs a write of the caller's own, or with {@code dryRun} tries it out. */
    public <T> T run(boolean dryRun, Write<T> write) {
        return dryRun ? store.tryOut(write) : store.write(write);
    }

    /** POST to a collection. */
    public Result create(Target target, @Nullable User user, Decoder.Body body, boolean dryRun) {
        return run(dryRun, creation(target, user, body));
    }

    /** The creation of an object as a step of a write. */
    Write<Result> creation(Target target, @Nullable User user, Decoder.Body body) {
        Kind kind = target.kind();
        ObjectNode object = body.object();
        placeInNamespace(target, object);
        ObjectNode metadata = Json.metadata(object);
        if (!Json.meta(object, "resourceVersion").isEmpty()) {
            throw ApiFailure.badRequest("resourceVersion should not be set on objects to be created");
        }
        String prefix = Json.meta(object, "generateName");
        boolean generated = Json.meta(object, "name").isEmpty() && !prefix.isEmpty();
        return draft -> {
            if (generated) {
                metadata.put("name", freeName(draft, target, prefix));
            }
            Lifecycle.create(kind, object);
            String name = Json.meta(object, "name");
            ObjectNode ready = admitAndCheck(draft, kind, object, null, "", user);
            if (draft.get(target.key(name)) != null) {
                throw ApiFailure.alreadyExists(kind, name);
            }
            return new Result(draft.put(target.key(name), ready), true, false, body.warnings());
        };
    }

    private static void placeInNamespace(Target target, ObjectNode object) {
        String said = Json.meta(object, "namespace");
        if (!said.isEmpty() && !said.equals(target.namespace())) {
            throw ApiFailure.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        if (target.kind().namespaced()) {
            if (target.namespace().isEmpty()) {
                throw ApiFailure.methodNotAllowed();
            }
            Json.metadata(object).put("namespace", target.namespace());
        } else {
            Json.metadata(object).remove("namespace");
        }
    }

    private String freeName(Draft draft, Target target, String prefix) {
        String base = prefix.substring(0, Math.min(prefix.length(), GENERATED_BASE));
        for (int attempt = 0; attempt < 8; attempt++) {
            StringBuilder name = new StringBuilder(base);
            for (int letter = 0; letter < GENERATED; letter++) {
                name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
            }
            if (draft.get(target.key(name.toString())) == null) {
                return name.toString();
            }
        }
        throw ApiFailure.of(
                409,
                "AlreadyExists",
                "the server was not able to generate a unique name for the object from \"" + prefix + "\"");
    }

    /** PUT to an object or its status. */
    public Result update(Target target, @Nullable User user, Decoder.Body body, boolean dryRun) {
        ObjectNode object = body.object();
        placeInNamespace(target, object);
        String name = Json.meta(object, "name");
        if (name.isEmpty()) {
            throw ApiFailure.badRequest("the name of the object is missing");
        }
        if (!name.equals(target.name())) {
            throw ApiFailure.badRequest(
                    "the name of the object (" + name + ") does not match the name on the URL (" + target.name() + ")");
        }
        return run(dryRun, draft -> {
            ObjectNode old = existing(draft, target);
            if (Json.meta(object, "resourceVersion").isEmpty()
                    && (target.kind().custom()
                            || CONDITIONAL.contains(target.kind().resource()))) {
                throw ApiFailure.invalid(
                        target.kind(),
                        name,
                        List.of(FieldError.invalid(
                                "metadata.resourceVersion", "0", "must be specified for an update")));
            }
            return replace(draft, target, user, object, old, body.warnings());
        });
    }

    /** PATCH of an object or its status. */
    public Result patch(Target target, @Nullable User user, String contentType, byte[] body, Parameters parameters) {
        Kind kind = target.kind();
        Parameters.FieldValidation validation = parameters.fieldValidation();
        List<String> warnings = new ArrayList<>();
        Patching patching = Patching.parse(kind, contentType, body, validation, warnings);
        return run(parameters.dryRun(), draft -> {
            ObjectNode old = existing(draft, target);
            ObjectNode patched = patching.applyTo(kind, inVersion(kind, old));
            if (!patched.path("apiVersion").asText("").equals(kind.apiVersion())
                    || !patched.path("kind").asText("").equals(kind.kind())) {
                throw ApiFailure.badRequest("apiVersion and kind of an object cannot be patched");
            }
            ObjectNode object = Decoder.prune(kind, patched, validation, warnings);
            if (!Json.meta(object, "name").equals(target.name())
                    || !Json.meta(object, "namespace").equals(target.namespace())) {
                throw ApiFailure.invalid(
                        kind,
                        target.name(),
                        List.of(FieldError.invalid(
                                "metadata.name", "\"" + Json.meta(object, "name") + "\"", "field is immutable")));
            }
            return replace(draft, target, user, object, old, warnings);
        });
    }

    private static ObjectNode existing(Draft draft, Target target) {
        ObjectNode old = draft.get(target.key());
        if (old == null) {
            throw ApiFailure.notFound(target.kind(), target.name());
        }
        return old;
    }

    private Result replace(
            Draft draft, Target target, @Nullable User user, ObjectNode body, ObjectNode old, List<String> warnings) {
        Kind kind = target.kind();
        requireSame(kind, target.name(), body, old);
        ObjectNode object = body;
        if (target.subresource().isEmpty()) {
            Lifecycle.update(kind, object, old);
        } else {
            object = Lifecycle.updateStatus(body, old);
        }
        object = admitAndCheck(draft, kind, object, old, target.subresource(), user);
        if (Lifecycle.isReadyToGo(object)) {
            return new Result(draft.delete(target.key(), object), false, false, warnings);
        }
        Lifecycle.countGeneration(kind, object, old);
        if (Json.same(object, old)) {
            return new Result(old, false, false, warnings);
        }
        return new Result(draft.put(target.key(), object), false, false, warnings);
    }

    /** A body that names a version or a uid wants to replace that one and no other. */
    private static void requireSame(Kind kind, String name, ObjectNode body, ObjectNode old) {
        String uid = Json.meta(body, "uid");
        if (!uid.isEmpty() && !uid.equals(Json.meta(old, "uid"))) {
            throw ApiFailure.conflict(
                    kind,
                    name,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: "
                            + Json.meta(old, "uid"));
        }
        String version = Json.meta(body, "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.meta(old, "resourceVersion"))) {
            throw ApiFailure.modified(kind, name);
        }
    }

    private ObjectNode admitAndCheck(
            Draft draft,
            Kind kind,
            ObjectNode body,
            @Nullable ObjectNode old,
            String subresource,
            @Nullable User user) {
        ObjectNode object = Defaults.apply(body, kind.schema());
        List<FieldError> errors = new ArrayList<>();
        Admission.Attempt attempt = new Admission.Attempt(kind, object, old, subresource, user, draft, false, errors);
        admissions.forEach(admission -> admission.admit(attempt));
        errors.addAll(ObjectMeta.validate(kind, object));
        errors.addAll(Validation.validate(object, kind.schema()));
        if (old != null) {
            Lifecycle.checkFinalizers(object, old, errors);
        }
        if (!errors.isEmpty()) {
            throw ApiFailure.invalid(kind, Json.meta(object, "name"), errors);
        }
        return object;
    }

    /** DELETE of one object. */
    public Result delete(Target target, @Nullable User user, DeleteOptions options) {
        return run(options.dryRun(), deletion(target, user, options));
    }

    /** The deletion of an object as a step of a write. */
    public Write<Result> deletion(Target target, @Nullable User user, DeleteOptions options) {
        return draft -> delete(draft, target, user, existing(draft, target), options);
    }

    /** DELETE of a collection: those of the objects that the selection picks, in one commit. */
    public List<ObjectNode> deleteCollection(
            Target target, @Nullable User user, Selection selection, DeleteOptions options) {
        String namespace = target.namespace().isEmpty() ? null : target.namespace();
        return run(options.dryRun(), draft -> {
            List<ObjectNode> deleted = new ArrayList<>();
            for (ObjectNode object : draft.list(target.kind().resource(), namespace)) {
                if (selection.matches(object)) {
                    Target one =
                            new Target(target.kind(), Json.meta(object, "namespace"), Json.meta(object, "name"), "");
                    deleted.add(delete(draft, one, user, object, options).object());
                }
            }
            return deleted;
        });
    }

    private Result delete(Draft draft, Target target, @Nullable User user, ObjectNode current, DeleteOptions options) {
        options.require(target.kind(), target.name(), current);
        Admission.Attempt attempt =
                new Admission.Attempt(target.kind(), current, current, "", user, draft, true, new ArrayList<>());
        admissions.forEach(admission -> admission.admit(attempt));
        Lifecycle.Deletion done = Lifecycle.delete(draft, target.key(), current, options.finalizers());
        return new Result(done.object(), false, done.gone(), List.of());
    }

    /** A stored object as an object of the given version of its kind. */
    public static ObjectNode inVersion(Kind kind, ObjectNode stored) {
        if (stored.path("apiVersion").asText("").equals(kind.apiVersion())) {
            return stored;
        }
        ObjectNode copy = Json.object();
        copy.setAll(stored);
        return copy.put("apiVersion", kind.apiVersion());
    }
}
