package dev.capstan.controller;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.resources.ClientCertificate;
import dev.capstan.resources.ClusterEndpoint;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * Makes Kubernetes clients that take nothing from the environment: no kubeconfig, no proxy, no other trust than the
 * endpoint's CA. Watches are plain HTTP; failed requests are tried again by the work queue alone, which knows what for.
 */
final class Clients {

    /** Metadata of Secrets and never their content (Kubernetes API concepts: metadata-only fetches). */
    private static final String METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
            + "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** What watches every request of a client. */
    static final Interceptor NOTHING = new Interceptor() {};

    private final Interceptor tap;

    /**
     * Clients with a tap on their requests.
     *
     * @param tap sees every request before it is sent
     */
    Clients(Interceptor tap) {
        this.tap = tap;
    }

    KubernetesClient open(ClusterEndpoint endpoint) {
        return open(endpoint, REQUEST_TIMEOUT);
    }

    /**
     * A client whose requests do not wait longer than this for their answer.
     *
     * @param timeout also for the connection, where it is shorter than that
     */
    KubernetesClient open(ClusterEndpoint endpoint, Duration timeout) {
        return open(endpoint, timeout, timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT);
    }

    /** A client whose requests do not wait longer than this for their answer, and no longer than that for a connection. */
    KubernetesClient open(ClusterEndpoint endpoint, Duration timeout, Duration connect) {
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
        Config config = known.withOnlyHttpWatches(true)
                .withRequestTimeout(Math.toIntExact(timeout.toMillis()))
                .withConnectionTimeout(Math.toIntExact(connect.toMillis()))
                .withRequestRetryBackoffLimit(0)
                .withUserAgent("capstan-controller")
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withHttpClientBuilderConsumer(
                        builder -> builder.addOrReplaceInterceptor("metadata-only", metadataOnly())
                                .addOrReplaceInterceptor("ascii-watches", new AsciiWatches())
                                .addOrReplaceInterceptor("tap", tap))
                .withTaskExecutor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON as this API wants it, for every client: making it takes the library a look at each of its classes. */
    static KubernetesSerialization serialization() {
        return Shared.SERIALIZATION;
    }

    private static final class Shared {
        private static final KubernetesSerialization SERIALIZATION = newSerialization();
    }

    /** What is absent stays absent, an absent list is read as empty. */
    private static KubernetesSerialization newSerialization() {
        // Jackson's reader of bytes refuses an escaped surrogate pair in a name, which AsciiWatches makes; without a
        // table of names it reads characters instead.
        ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build());
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        mapper.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
        mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        KubernetesSerialization serialization = new KubernetesSerialization(mapper, true);
        serialization.registerKubernetesResource("v1", "Secret", SecretMetadata.class);
        serialization.registerKubernetesResource("meta.k8s.io/v1", "PartialObjectMetadata", SecretMetadata.class);
        return serialization;
    }

    private static Interceptor metadataOnly() {
        return new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                if (request.uri().getPath().endsWith("/api/v1/secrets")) {
                    builder.setHeader("Accept", METADATA_ONLY);
                }
            }
        };
    }
}
