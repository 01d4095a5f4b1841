package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * {@code capstan up} with the location {@code simulated} beside {@code local}: what tests of many clusters run. The one argument
 * is where it listens.
 */
final class SimulatedServer {

    private SimulatedServer() {}

    public static void main(String[] arguments) throws Exception {
        var home = HomeFolder.open(HomeFolder.locate(System.getenv()));
        home.makeFolder("log");
        Logs.write(home, false);
        var locations = List.<dev.capstan.machines.MachineProvider>of(new SimulatedMachines());
        ControlPlane.start(
                home,
                new ControlPlane.Options(arguments[0], false, null, "none", Distributions.ofProcess(), locations));
        new CountDownLatch(1).await();
    }
}
