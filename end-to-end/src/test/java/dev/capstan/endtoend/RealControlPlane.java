package dev.capstan.endtoend;

import dev.capstan.controller.ClusterAccess;
import dev.capstan.controller.Controller;
import dev.capstan.controller.ControllerConfig;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.providerlocal.Distribution;
import dev.capstan.providerlocal.LocalProvider;
import dev.capstan.resources.ClusterEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A control plane on an API that is not Capstan's: what {@code capstan up} assembles, but for the embedded API, in whose
 * place stands one Kubernetes cluster, management and managed cluster in one. It runs in a process of its own, on the very
 * jars of the distribution, until SIGTERM; machines that are there then, since a test failed, it deletes.
 */
final class RealControlPlane implements AutoCloseable {

    private static final int STOP_SECONDS = 300;

    private final Process process;
    private final Path log;

    private RealControlPlane(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts it on this cluster, with its machines in this home. */
    static RealControlPlane start(RealKubernetes kubernetes, Path home) throws Exception {
        Path log = home.resolveSibling("control-plane.log");
        String classes = Path.of(RealControlPlane.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlogback.configurationFile=dev/capstan/endtoend/control-plane-log.xml",
                "-cp",
                Repository.DISTRIBUTION.resolve("lib/server") + "/*:" + classes,
                RealControlPlane.class.getName(),
                home.toString(),
                Repository.DISTRIBUTION.toString(),
                kubernetes.access().toString());
        return new RealControlPlane(Program.clean().start(command, Path.of("/dev/null"), log), log);
    }

    /** What it has said so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends it; returns when it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("the control plane did not end within " + STOP_SECONDS + " s and was killed");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the control plane ended; it was killed", e);
        }
    }

    /** The process: home, distribution, and the file that says how to reach the cluster. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path distribution = Path.of(arguments[1]);
        Properties access = RealKubernetes.readAccess(Path.of(arguments[2]));
        ClusterEndpoint endpoint = ClusterEndpoint.of(
                access.getProperty("SERVER"),
                Files.readString(Path.of(access.getProperty("AUTHORITY"))),
                access.getProperty("TOKEN"));
        LocalProvider machines =
                LocalProvider.open(home, new Distribution(distribution, distribution.resolve("lib/java")), null);
        Controller controller = Controller.start(
                ControllerConfig.forManagedClusters(endpoint, new OneCluster(endpoint), List.of(machines)));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            controller.close();
            deleteAll(machines);
        }));
        Thread.currentThread().join();
    }

    private static void deleteAll(MachineProvider machines) {
        List<MachineException> failures = new ArrayList<>();
        for (Machine machine : machines.list()) {
            try {
                machines.delete(machine.name());
            } catch (MachineException e) {
                failures.add(e);
            }
        }
        failures.forEach(Throwable::printStackTrace);
    }

    /** Every managed cluster is the one there is; it outlives them all. */
    private record OneCluster(ClusterEndpoint endpoint) implements ClusterAccess {
        @Override
        public ClusterEndpoint ensure(String cluster) {
            return endpoint;
        }

        @Override
        public void delete(String cluster) {
            // Not Capstan's to delete.
        }
    }
}
