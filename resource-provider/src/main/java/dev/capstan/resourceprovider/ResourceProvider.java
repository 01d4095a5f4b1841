package dev.capstan.resourceprovider;

import dev.capstan.resourceprovider.audit.AuditEvent;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.clusters.Clusters;
import dev.capstan.resourceprovider.clusters.ContainerService;
import dev.capstan.resourceprovider.extension.Extensions;
import dev.capstan.resourceprovider.identity.Authority;
import dev.capstan.resourceprovider.identity.Callers;
import dev.capstan.resourceprovider.identity.OutsideTokens;
import dev.capstan.resourceprovider.identity.RateLimits;
import dev.capstan.resourceprovider.location.LocationRoutes;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.OnBehalf;
import dev.capstan.resourceprovider.store.RoleRights;
import dev.capstan.resourceprovider.subscription.Registrations;
import dev.capstan.resourceprovider.subscription.ResourceGroups;
import dev.capstan.resourceprovider.subscription.Subscriptions;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Caller;
import dev.capstan.resourceprovider.wire.Front;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resourceprovider.wire.Router;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.helidon.webserver.http.Handler;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ARM façade. Open are the cloud metadata, the Azure CLI's extension and the authority with its tokens; every
 * other request says who it is from before anything is told, even whether there is such a path.
 *
 * <p>It keeps nothing: what it answers is read from the management cluster, what it is told is written there, one object
 * per request. So several may run at once, and one that is killed has done each request whole or not at all.
 */
public final class ResourceProvider implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResourceProvider.class);

    private final KubernetesApi api;
    private final Authority authority;
    private final Callers callers;
    private final RateLimits limits;
    private final AuditLog audit;
    private final InstantSource clock;
    private final Router router;
    private final Front front;

    private ResourceProvider(Config config, KubernetesApi api, Interceptor tap) {
        this.api = api;
        RoleRights.ensure(api);
        var management = config.reads() == null ? new Management(api) : new Management(api, config.reads());
        authority = Authority.open(
                api, management, config.endpoint(), config.principal(), config.scope(), config.audit(), config.clock());
        callers = authority.callers(config.administrator(), new OutsideTokens(config.issuers(), config.clock()));
        limits = new RateLimits(config.limits(), config.clock());
        audit = config.audit();
        clock = config.clock();
        var clusters = new Clusters(management, config.scope(), config.clock());
        var groups = new ResourceGroups(management, config.scope(), config.clock());
        var registrations = new Registrations(management, config.scope(), config.clock(), config::everyLocation);
        var containerService = new ContainerService(
                management,
                config.scope(),
                clusters,
                groups,
                registrations,
                config.clock(),
                config::everyLocation,
                config.systems(),
                config.attached(),
                config.clusters(),
                tap);
        router = new Router(
                Stream.of(
                                containerService.routes(),
                                groups.routes(),
                                registrations.routes(),
                                authority.routes(),
                                new LocationRoutes(config.attached(), config.scope(), config.locations(), clusters::at)
                                        .routes(),
                                new Subscriptions(config.scope(), config::everyLocation).routes())
                        .flatMap(List::stream)
                        .toList(),
                config.clock());
        front = new Front(config.endpoint(), this::answer);
    }

    /**
     * Opens it. Reads its key from the management cluster, and makes what is missing there. Nothing stays open where it fails.
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
        KubernetesApi api = KubernetesApi.ofManagement(config.management(), tap);
        try {
            return new ResourceProvider(config, api, tap);
        } catch (RuntimeException | Error failed) {
            api.close();
            throw failed;
        }
    }

    /** Answers every request that is not the Kubernetes API's. */
    public Handler handler() {
        return front;
    }

    /** Everything that is served behind a token. */
    List<Route> routes() {
        return router.routes();
    }

    private ArmAnswer answer(ArmRequest request) {
        Optional<ArmAnswer> published = CloudMetadata.answer(request).or(() -> Extensions.answer(request));
        if (published.isPresent()) {
            return published.get();
        }
        if (authority.isLogin(request)) {
            limits.countStranger(request);
        }
        Optional<ArmAnswer> open = authority.answer(request);
        if (open.isPresent()) {
            return open.get();
        }
        Caller caller = caller(request);
        RateLimits.Remaining remaining = limits.count(request, caller);
        ArmRequest known = request.by(caller);
        return remaining.on(OnBehalf.of(
                caller,
                () -> known.isWrite()
                        ? write(known)
                        : Description.answer(known).orElseGet(() -> router.answer(known))));
    }

    private Caller caller(ArmRequest request) {
        try {
            return callers.of(request);
        } catch (ArmFailure refused) {
            if (refused.status() == 401) {
                limits.countStranger(request);
                if (request.isWrite()) {
                    keep(request, refused.status(), refused.code(), null);
                }
            }
            throw refused;
        }
    }

    /** A write, which is let in and answered only if it is told of in the audit log. */
    private ArmAnswer write(ArmRequest request) {
        audit.begin(event(request, 0, "", null));
        ArmAnswer answer;
        try {
            answer = router.answer(request);
        } catch (ArmFailure refused) {
            keep(request, refused.status(), refused.code(), null);
            throw refused;
        } catch (RuntimeException | Error failed) {
            keep(request, 500, "InternalServerError", null);
            throw failed;
        }
        keep(request, answer.status(), "", answer.change());
        return answer;
    }

    private void keep(ArmRequest request, int status, String code, ArmAnswer.@Nullable Change change) {
        audit.append(event(request, status, code, change));
        LOG.info("{}: {} {} -> {} {}", request.caller().name(), request.method(), request.shownPath(), status, code);
    }

    private AuditEvent event(ArmRequest request, int status, String code, ArmAnswer.@Nullable Change change) {
        String action = router.action(request);
        return new AuditEvent(
                action.startsWith(Authority.PROVIDER) ? AuditEvent.Kind.PRINCIPAL : AuditEvent.Kind.WRITE,
                clock.instant(),
                request.id(),
                request.caller().name(),
                request.address(),
                request.method(),
                request.shownPath(),
                action,
                status,
                code,
                change);
    }

    @Override
    public void close() {
        api.close();
    }
}
