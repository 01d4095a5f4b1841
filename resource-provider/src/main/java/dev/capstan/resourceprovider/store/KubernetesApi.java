package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resources.ClientCertificate;
import dev.capstan.resources.ClusterEndpoint;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kubernetes API, its objects as trees: what this program does not know of an object stays in it. Takes nothing from
 * the environment: no kubeconfig, no proxy, no other trust than the endpoint's CA. Requests are not tried again here.
 */
public final class KubernetesApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesApi.class);
    private static final int REQUEST_TIMEOUT_MILLIS = 20_000;
    private static final int CONNECT_TIMEOUT_MILLIS = REQUEST_TIMEOUT_MILLIS;

    /** Requests at once, each on a connection that is kept: more of them would only make each other wait. */
    private static final int AT_ONCE = 32;

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_LARGE = 413;
    private static final int INVALID = 422;

    private final KubernetesClient client;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /** Somebody else wrote first; read again and decide again. */
    public static final class Conflict extends Exception {

        private static final long serialVersionUID = 1;

        Conflict() {
            super("the object was written by somebody else", null, false, false);
        }
    }

    private KubernetesApi(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Opens the management cluster's API, which is asked on behalf of callers ({@link OnBehalf}); nothing is sent yet.
     *
     * @param tap sees every request before it is sent
     */
    public static KubernetesApi ofManagement(ClusterEndpoint endpoint, Interceptor tap) {
        return open(endpoint, tap, new OnBehalf());
    }

    /**
     * Opens a managed cluster's own API, which is asked as the façade itself: the callers' roles are the management
     * cluster's, and mean nothing there. Nothing is sent yet.
     *
     * @param tap sees every request before it is sent
     */
    public static KubernetesApi open(ClusterEndpoint endpoint, Interceptor tap) {
        return open(endpoint, tap, new Interceptor() {});
    }

    private static KubernetesApi open(ClusterEndpoint endpoint, Interceptor tap, Interceptor caller) {
        ConfigBuilder known = new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoint.url())
                .withCaCertData(base64(endpoint.certificateAuthority()));
        ClientCertificate certificate = endpoint.certificate();
        if (certificate == null) {
            known.withOauthTokenProvider(() -> endpoint.token().get());
        } else {
            known.withClientCertData(base64(certificate.certificate()))
                    .withClientKeyData(base64(certificate.key()))
                    .withClientKeyAlgo(certificate.algorithm());
        }
        Config config = known.withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                .withConnectionTimeout(CONNECT_TIMEOUT_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .withUserAgent("capstan-resource-provider")
                .build();
        return new KubernetesApi(new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withHttpClientBuilderConsumer(builder ->
                        builder.addOrReplaceInterceptor("caller", caller).addOrReplaceInterceptor("tap", tap))
                .withTaskExecutor(Executors.newVirtualThreadPerTaskExecutor())
                .build());
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** The object at this path; empty if there is none. */
    public Optional<ObjectNode> get(String path) {
        try {
            return Optional.of(send("GET", path, null));
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw failure(e, "Nothing was changed; try again in a moment.");
        }
    }

    /**
     * Makes an object.
     *
     * @param path of its collection
     * @throws Conflict if there is one of that name
     */
    public ObjectNode create(String path, ObjectNode object) throws Conflict {
        return write("POST", path, object);
    }

    /**
     * Replaces an object.
     *
     * @param object with the resourceVersion that it replaces
     * @throws Conflict if it has another one by now, or is gone
     */
    public ObjectNode replace(String path, ObjectNode object) throws Conflict {
        return write("PUT", path, object);
    }

    /**
     * Deletes an object.
     *
     * @param resourceVersion the one it must have
     * @throws Conflict if it has another one by now, or is gone
     */
    public void delete(String path, String uid, String resourceVersion) throws Conflict {
        ObjectNode options = Json.object().put("apiVersion", "v1").put("kind", "DeleteOptions");
        options.putObject("preconditions").put("uid", uid).put("resourceVersion", resourceVersion);
        write("DELETE", path, options);
    }

    private ObjectNode write(String method, String path, ObjectNode body) throws Conflict {
        try {
            return send(method, path, body);
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || (e.getCode() == NOT_FOUND && !method.equals("POST"))) {
                throw new Conflict();
            }
            throw failure(
                    e, "Whether the change was made is not known: look at the resource, and send it again if not.");
        }
    }

    private ObjectNode send(String method, String path, @Nullable ObjectNode body) {
        String text = body == null ? null : Json.text(body);
        if (!turn()) {
            throw new KubernetesClientException(AT_ONCE + " requests before this one were not answered in time");
        }
        try {
            return Json.own(client.raw(path, method, text));
        } finally {
            turns.release();
        }
    }

    private boolean turn() {
        try {
            return turns.tryAcquire(REQUEST_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What is told of an API that does not do as it is asked; at the end, what that means for the request. */
    private static ArmFailure failure(KubernetesClientException e, String meaning) {
        if (e.getCode() == FORBIDDEN && OnBehalf.isAnybody()) {
            return ArmFailure.of(
                    403,
                    "AuthorizationFailed",
                    "The management cluster's Kubernetes API refused it: "
                            + (e.getStatus() == null
                                    ? "no reason was given"
                                    : e.getStatus().getMessage()) + ".");
        }
        return switch (e.getCode()) {
            case INVALID ->
                ArmFailure.badRequest(
                        "InvalidParameter",
                        "The request was refused by the resource's schema: "
                                + (e.getStatus() == null
                                        ? "no reason was given"
                                        : e.getStatus().getMessage()) + ".");
            case TOO_LARGE ->
                ArmFailure.of(413, "RequestEntityTooLarge", "The resource is larger than its store takes (3 MiB).");
            default -> {
                LOG.warn("The Kubernetes API did not answer as it should: {}", e.getMessage(), e.getCause());
                yield ArmFailure.unavailable("The management cluster's API " + answer(e) + " " + meaning);
            }
        };
    }

    /** What it said, in its own words if it has any. */
    private static String answer(KubernetesClientException e) {
        if (e.getCode() == 0) {
            return "did not answer.";
        }
        return "answered with " + e.getCode()
                + (e.getStatus() == null || e.getStatus().getMessage() == null
                        ? "."
                        : ": " + e.getStatus().getMessage() + ".");
    }

    @Override
    public void close() {
        client.close();
    }
}
