package dev.capstan.server;

import dev.capstan.controller.Controller;
import dev.capstan.controller.ControllerConfig;
import dev.capstan.embeddedkubernetes.EmbeddedKubernetes;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineProvider;
import dev.capstan.providerlocal.Distribution;
import dev.capstan.resourceprovider.Config;
import dev.capstan.resourceprovider.ResourceProvider;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.identity.Limits;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.HomeLock;
import dev.capstan.server.home.HomeSocket;
import dev.capstan.server.home.Settings;
import dev.capstan.server.home.StartException;
import dev.capstan.server.pki.ApiIdentity;
import io.helidon.webserver.http.Handler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running control plane. It starts in this order, and stops in the reverse one:
 *
 * <ol>
 *   <li>the home's lock: from here on this process is alone;
 *   <li>secrets and certificates, made where they are missing;
 *   <li>the embedded API with the management cluster and every other one that is in the home, listening, in the home too;
 *   <li>the ARM façade, on the same port;
 *   <li>word of it in the home: from here on {@code capstan} finds it;
 *   <li>the machine provider, and the controller, which takes up whatever was under way.
 * </ol>
 *
 * <p>Stopping is a courtesy to machines, not a duty to data: everything acknowledged is on the disk already, so a kill at
 * any moment costs nothing but the machines' rest.
 */
final class ControlPlane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    /** A file that asks for machines to be left running at the end; {@code capstan down --keep-machines} makes it. */
    private static final String KEEP_MACHINES = "keep-machines";

    private final HomeFolder home;
    private final HomeLock lock;
    private final EmbeddedKubernetes kubernetes;
    private final LocalMachines machines;
    private final ResourceProvider arm;
    private final AuditLog audit;
    private final Renewal renewal;
    private final RunState state;
    private @Nullable Controller controller;

    private ControlPlane(
            HomeFolder home,
            HomeLock lock,
            EmbeddedKubernetes kubernetes,
            LocalMachines machines,
            ResourceProvider arm,
            AuditLog audit,
            Renewal renewal,
            RunState state) {
        this.home = home;
        this.lock = lock;
        this.kubernetes = kubernetes;
        this.machines = machines;
        this.arm = arm;
        this.audit = audit;
        this.renewal = renewal;
        this.state = state;
    }

    /**
     * What the command line says.
     *
     * @param listen {@code HOST:PORT}, or null for where it listened last time
     * @param beyondLoopback whether the user agrees to a host that others can reach
     * @param machines what new machines are made of, or null for what was said last time
     * @param rateLimits how many requests a principal may send, or null for what was said last time
     * @param distribution the built product, for machines to see
     * @param locations machine providers beside this host's own, each with a location of its own name
     */
    record Options(
            @Nullable String listen,
            boolean beyondLoopback,
            Settings.@Nullable MachineChoice machines,
            @Nullable String rateLimits,
            Distribution distribution,
            List<MachineProvider> locations) {

        Options {
            locations = List.copyOf(locations);
        }
    }

    /**
     * Starts it; returns when everything runs.
     *
     * @throws StartException if it cannot run, in words for the user
     */
    static ControlPlane start(HomeFolder home, Options options) throws IOException, StartException {
        var lock = HomeLock.take(home);
        try {
            RunState.erase(home);
            RunState.writePid(home);
            Files.deleteIfExists(home.resolve(KEEP_MACHINES));
            return start(home, lock, options);
        } catch (IOException | StartException | RuntimeException e) {
            RunState.erase(home);
            lock.close();
            throw e;
        }
    }

    private static ControlPlane start(HomeFolder home, HomeLock lock, Options options)
            throws IOException, StartException {
        LOG.info("Capstan {} starts on {}", RunState.versionOfBuild(), home.path());
        var settings = Settings.read(home, options.listen(), options.beyondLoopback(), options.machines())
                .withRateLimits(options.rateLimits());
        var address = settings.address();
        var limits = limits(settings);
        var issuers = IssuersFile.read(home, settings.subscription());
        var administrator = AdministratorToken.open(home);
        var principal = ServicePrincipal.open(home, settings.subscription());
        var identity = ApiIdentity.open(home, address, Clock.systemUTC());
        TemporaryFiles.open(home);
        var kubernetes = Clusters.open(home, administrator);
        AuditLog audit = null;
        try {
            audit = AuditLog.open(home.makeFolder("audit"), Logs::audit, Clock.systemUTC());
            var beside = new BesideKubernetes();
            var socket = HomeSocket.free(home);
            listen(kubernetes, address, identity, socket, beside);
            settings.withPort(kubernetes.port()).write(home);
            var endpoint = "https://" + hostOf(address) + ":" + kubernetes.port();
            new AdminKubeconfig(endpoint, identity.authorityPem(), administrator).write(home);
            var attached =
                    new AttachedClusters(kubernetes.find(Clusters.MANAGEMENT).orElseThrow(), Clock.systemUTC());
            var access = new Clusters(kubernetes, endpoint, identity.authorityPem(), administrator, attached);
            var machines = LocalMachines.open(home, options.distribution(), kind(settings.machines()));
            var providers = Stream.concat(Stream.of(machines), options.locations().stream())
                    .toList();
            var arm = ResourceProvider.open(new Config(
                    access.armEndpoint(Clusters.MANAGEMENT),
                    access.reads(),
                    endpoint,
                    principal.scope(),
                    principal.principal(),
                    SecretHash.of(administrator.text()),
                    access::armEndpoint,
                    providers.stream().map(MachineProvider::location).toList(),
                    audit,
                    issuers,
                    limits,
                    Clock.systemUTC(),
                    providers.stream()
                            .collect(Collectors.toMap(MachineProvider::location, MachineProvider::operatingSystems)),
                    attached));
            beside.set(arm.handler());
            var state = RunState.ofProcess(
                    endpoint,
                    socket,
                    home.resolve(ApiIdentity.authorityFile()).toString(),
                    home.path(),
                    principal.scope(),
                    machines.needs(),
                    machines.limits());
            var plane = new ControlPlane(home, lock, kubernetes, machines, arm, audit, Renewal.start(identity), state);
            state.write(home);
            LOG.info("The API answers at {}", endpoint);
            plane.controller = Controller.start(ControllerConfig.forManagedClusters(
                    access.endpoint(Clusters.MANAGEMENT), access, providers, attached.forController()));
            return plane;
        } catch (IOException | StartException | RuntimeException e) {
            kubernetes.close();
            if (audit != null) {
                audit.close();
            }
            throw e;
        }
    }

    private static Limits limits(Settings settings) throws StartException {
        return Limits.parse(settings.rateLimits())
                .orElseThrow(() -> new StartException(
                        "--rate-limits " + settings.rateLimits() + " is none of azure, none and BURST/PER_SECOND.",
                        "For example: --rate-limits 1000/100"));
    }

    RunState state() {
        return state;
    }

    /** Stops everything; machines too, unless the home asks to keep them. */
    @Override
    public void close() {
        LOG.info("The control plane ends");
        try {
            var keep = Files.deleteIfExists(home.resolve(KEEP_MACHINES));
            renewal.close();
            if (controller != null) {
                controller.close();
            }
            if (!keep) {
                machines.stopAll();
            }
            kubernetes.close();
            arm.close();
            audit.close();
            RunState.erase(home);
            lock.close();
            LOG.info(keep ? "The control plane has ended; machines run on" : "The control plane has ended");
        } catch (IOException | RuntimeException e) {
            LOG.error("The control plane did not end cleanly; nothing that was acknowledged is lost", e);
        }
    }

    private static Machine.@Nullable Kind kind(Settings.MachineChoice choice) {
        return switch (choice) {
            case BEST -> null;
            case SYSTEMS -> Machine.Kind.SYSTEM;
            case DIRECTORIES -> Machine.Kind.DIRECTORY;
        };
    }

    private static void listen(
            EmbeddedKubernetes kubernetes,
            InetSocketAddress address,
            ApiIdentity identity,
            Optional<Path> socket,
            Handler beside)
            throws StartException {
        try {
            if (socket.isPresent()) {
                kubernetes.start(address, identity.serverContext(), socket.get(), beside);
            } else {
                LOG.info("The home's path is too long for a socket; local clients use the endpoint");
                kubernetes.start(address, identity.serverContext(), beside);
            }
        } catch (IllegalStateException e) {
            throw notListening(address, e);
        }
    }

    private static StartException notListening(InetSocketAddress address, Exception cause) {
        return new StartException(
                "Cannot listen on " + hostOf(address) + ":" + address.getPort()
                        + ": another program may have that port.",
                "Find it with 'ss -ltnp', or choose another with --listen HOST:PORT (0: a free one).",
                cause);
    }

    /** The host as local clients write it in a URL. */
    private static String hostOf(InetSocketAddress address) {
        if (address.getAddress().isAnyLocalAddress()) {
            return "127.0.0.1";
        }
        var host = address.getHostString();
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
