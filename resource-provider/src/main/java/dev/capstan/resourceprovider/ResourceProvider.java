package dev.capstan.resourceprovider;

import dev.capstan.resourceprovider.clusters.Clusters;
import dev.capstan.resourceprovider.clusters.ContainerService;
import dev.capstan.resourceprovider.identity.Authority;
import dev.capstan.resourceprovider.identity.Callers;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.subscription.Registrations;
import dev.capstan.resourceprovider.subscription.ResourceGroups;
import dev.capstan.resourceprovider.subscription.Subscriptions;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Front;
import dev.capstan.resourceprovider.wire.Router;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.helidon.webserver.http.Handler;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ARM façade. Three things are open: the cloud metadata, the authority with its tokens, and nothing else; every other
 * request says who it is from before anything is told, even whether there is such a path.
 *
 * <p>It keeps nothing: what it answers is read from the management cluster, what it is told is written there, one object
 * per request. So several may run at once, and one that is killed has done each request whole or not at all.
 */
public final class ResourceProvider implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResourceProvider.class);

    private final KubernetesApi api;
    private final Authority authority;
    private final Callers callers;
    private final Router router;
    private final Front front;

    private ResourceProvider(Config config, Interceptor tap) {
        api = KubernetesApi.open(config.management(), tap);
        authority = Authority.open(
                api, config.endpoint(), config.principal(), config.scope().tenant(), config.clock());
        callers = authority.callers(config.administrator());
        var management = new Management(api);
        var clusters = new Clusters(management, config.scope(), config.clock());
        var groups = new ResourceGroups(management, config.scope(), config.clock(), clusters::isAnyIn);
        var registrations = new Registrations(management, config.scope(), config.clock(), config.locations());
        var containerService = new ContainerService(
                management,
                config.scope(),
                clusters,
                groups,
                registrations,
                config.clock(),
                config.locations(),
                config.clusters(),
                tap);
        router = new Router(
                Stream.of(
                                containerService.routes(),
                                groups.routes(),
                                registrations.routes(),
                                new Subscriptions(config.scope(), config.locations()).routes())
                        .flatMap(List::stream)
                        .toList(),
                config.clock());
        front = new Front(config.endpoint(), this::answer);
    }

    /**
     * Opens it. Reads its key from the management cluster, and makes what is missing there.
     *
     * @throws ArmFailure if the management cluster does not answer
     */
    public static ResourceProvider open(Config config) {
        return open(config, new Interceptor() {});
    }

    /**
     * The same with a tap on its requests to Kubernetes APIs.
     *
     * @param tap sees every request before it is sent
     */
    static ResourceProvider open(Config config, Interceptor tap) {
        return new ResourceProvider(config, tap);
    }

    /** Answers every request that is not the Kubernetes API's. */
    public Handler handler() {
        return front;
    }

    private ArmAnswer answer(ArmRequest request, String id) {
        Optional<ArmAnswer> open = CloudMetadata.answer(request).or(() -> authority.answer(request));
        if (open.isPresent()) {
            return open.get();
        }
        String caller = callers.name(request);
        boolean isWrite = !request.method().equals("GET") && !request.method().equals("HEAD");
        try {
            ArmAnswer answer = router.answer(request.by(caller));
            if (isWrite) {
                LOG.info("{} {}: {} {} -> {}", id, caller, request.method(), request.shownPath(), answer.status());
            }
            return answer;
        } catch (ArmFailure e) {
            if (isWrite) {
                LOG.info(
                        "{} {}: {} {} -> {} {}",
                        id,
                        caller,
                        request.method(),
                        request.shownPath(),
                        e.status(),
                        e.code());
            }
            throw e;
        }
    }

    @Override
    public void close() {
        api.close();
    }
}
