package dev.capstan.embeddedkubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.disruption.BudgetRules;
import dev.capstan.embeddedkubernetes.disruption.BudgetStatus;
import dev.capstan.embeddedkubernetes.disruption.Evictions;
import dev.capstan.embeddedkubernetes.http.ClusterApi;
import dev.capstan.embeddedkubernetes.identity.AdministratorToken;
import dev.capstan.embeddedkubernetes.identity.Authenticator;
import dev.capstan.embeddedkubernetes.identity.Authorizer;
import dev.capstan.embeddedkubernetes.identity.EscalationGuard;
import dev.capstan.embeddedkubernetes.identity.Reviews;
import dev.capstan.embeddedkubernetes.identity.ServiceAccountTokens;
import dev.capstan.embeddedkubernetes.identity.SigningKey;
import dev.capstan.embeddedkubernetes.identity.TokenRequests;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.DeleteOptions;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.ObjectService;
import dev.capstan.embeddedkubernetes.pipeline.Target;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One cluster of an {@link EmbeddedKubernetes}: its objects, for the program that embeds it. What is written here takes
 * the same way as over HTTP (defaults, validation, events) but nobody is asked for permission. Trees that are returned
 * are shared: copy before changing one.
 */
public final class VirtualCluster {
    private final String name;
    private final ObjectService objects;
    private final ServiceAccountTokens tokens;
    private final ClusterApi api;
    private final String uid;

    private VirtualCluster(
            String name, ObjectService objects, AdministratorToken administrator, SigningKey key, Clock clock) {
        this.name = name;
        this.objects = objects;
        ObjectNode system = objects.store().get(new ObjectKey("namespaces", "", "kube-system"));
        if (system == null) {
            throw new IllegalStateException("The cluster " + name + " has no namespace kube-system.");
        }
        this.uid = Json.meta(system, "uid");
        this.tokens = new ServiceAccountTokens(objects.store(), key, uid, clock);
        Authenticator authenticator = new Authenticator(administrator, tokens);
        Authorizer authorizer = new Authorizer(objects.store());
        objects.store().observe(authorizer::observe);
        objects.addAdmission(new EscalationGuard(authorizer));
        objects.addAdmission(new BudgetRules());
        BudgetStatus.keep(objects.store());
        this.api = new ClusterApi(
                objects,
                authenticator,
                authorizer,
                new Reviews(authorizer, authenticator),
                new TokenRequests(objects.store(), tokens),
                new Evictions(objects));
    }

    static VirtualCluster open(
            String name,
            Path file,
            BuiltinKinds builtin,
            AdministratorToken administrator,
            SigningKey key,
            Clock clock) {
        ObjectService objects = ObjectService.open(file, builtin, name);
        try {
            return new VirtualCluster(name, objects, administrator, key, clock);
        } catch (RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    /** Its name, which is also the last part of its URL prefix {@code /clusters/NAME}. */
    public String name() {
        return name;
    }

    /** The UID of its namespace {@code kube-system}: the identity of the cluster. */
    public String uid() {
        return uid;
    }

    /**
     * Reads an object.
     *
     * @param resource plural name with the group when there is one: {@code secrets}, {@code trusts.example.org}
     * @param namespace empty for the cluster scope
     */
    public Optional<ObjectNode> get(String resource, String namespace, String objectName) {
        return Optional.ofNullable(objects.store().get(new ObjectKey(resource, namespace, objectName)));
    }

    /**
     * The objects of a resource.
     *
     * @param namespace null for all namespaces
     */
    public List<ObjectNode> list(String resource, @Nullable String namespace) {
        return objects.store().list(resource, namespace).objects();
    }

    /**
     * Makes an object.
     *
     * @param object with {@code apiVersion}, {@code kind} and metadata; is not changed
     * @return as stored
     * @throws ApiFailure if it is refused, such as 409 when it exists
     */
    public ObjectNode create(ObjectNode object) {
        Target target = objects.targetOf(object);
        Target collection = new Target(target.kind(), target.namespace(), "", "");
        return objects.writes()
                .create(collection, null, new Decoder.Body(object.deepCopy(), List.of()), false)
                .object();
    }

    /**
     * Replaces an object, or only its status.
     *
     * @param object with the resourceVersion it replaces, or without one to replace any; is not changed
     * @throws ApiFailure if it is refused, such as 404 or 409
     */
    public ObjectNode update(ObjectNode object, boolean status) {
        Target target = objects.targetOf(object);
        Target part = new Target(target.kind(), target.namespace(), target.name(), status ? "status" : "");
        return objects.writes()
                .update(part, null, new Decoder.Body(object.deepCopy(), List.of()), false)
                .object();
    }

    /** Makes the object what is given, whether it is there already or not; a no-op when it is the same. */
    public ObjectNode ensure(ObjectNode object) {
        while (true) {
            ObjectNode current = objects.store().get(objects.targetOf(object).key());
            try {
                if (current == null) {
                    return create(object);
                }
                ObjectNode next = object.deepCopy();
                Json.metadata(next).remove("uid");
                Json.metadata(next).put("resourceVersion", Json.meta(current, "resourceVersion"));
                return update(next, false);
            } catch (ApiFailure e) {
                // Somebody else was faster: look again.
                if (e.code() != 409 && !(e.code() == 404 && current != null)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Deletes an object.
     *
     * @throws ApiFailure if it is refused, such as 404
     */
    public void delete(ObjectNode object) {
        objects.writes().delete(objects.targetOf(object), null, DeleteOptions.BACKGROUND);
    }

    /**
     * A token of a service account of this cluster.
     *
     * @throws ApiFailure 404 if there is no such account
     */
    public ServiceAccountTokens.Token issueToken(String namespace, String account, Duration life) {
        ObjectNode found = get("serviceaccounts", namespace, account)
                .orElseThrow(() -> ApiFailure.notFound("", "serviceaccounts", account));
        return tokens.issue(found, List.of(), life);
    }

    /** Whether the token of a service account would be accepted now. */
    public boolean isTokenValid(String token) {
        return tokens.verify(token).isPresent();
    }

    /** SQL statements run since opening; stands still while nothing is written. */
    public long statements() {
        return objects.store().statements();
    }

    /** How many watches are open. */
    public int watchers() {
        return objects.store().watchers();
    }

    /** How many watches were ever opened since the cluster was opened. */
    public long watchesOpened() {
        return objects.store().watchesOpened();
    }

    ClusterApi api() {
        return api;
    }

    void close() {
        objects.close();
    }
}
