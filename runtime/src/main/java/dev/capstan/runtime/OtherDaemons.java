package dev.capstan.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Daemons beside the runtime that are known to make TLS connections to registries with roots they read once. What they have
 * read nothing tells; one that started before the trust store last changed may be stale.
 */
final class OtherDaemons {

    private record Known(String does, String unit) {}

    private static final Map<String, Known> KNOWN = Map.of(
            "dockerd", new Known("pulls and builds images", "docker"),
            "buildkitd", new Known("pulls and pushes images while it builds", "buildkit"),
            "containerd-stargz-grpc", new Known("fetches layers itself, while containers run", "stargz-snapshotter"),
            "containerd-nydus-grpc", new Known("fetches layers itself, while containers run", "nydus-snapshotter"),
            "nydusd", new Known("fetches layers itself, while containers run", "nydus-snapshotter"),
            "soci-snapshotter-grpc", new Known("fetches layers itself, while containers run", "soci-snapshotter"),
            "overlaybd-snapshotter", new Known("fetches layers itself, while containers run", "overlaybd-snapshotter"));

    private OtherDaemons() {}

    /**
     * Those of the root that may be stale.
     *
     * @param runtime the process that is the runtime and so none of them; 0 where there is none
     * @param changed when the trust store last changed in this boot, CLOCK_BOOTTIME; less than any time if it did not
     */
    static List<OtherDaemon> stale(Processes processes, long runtime, long changed) throws IOException {
        List<OtherDaemon> stale = new ArrayList<>();
        for (Processes.Seen process : processes.all()) {
            if (process.pid() == runtime
                    || process.startedBootNanos() > changed
                    || KNOWN.keySet().stream().noneMatch(name -> name.startsWith(process.name()))
                    || !processes.inRoot(process.pid())) {
                continue;
            }
            String name = processes.program(process.pid());
            Known known = KNOWN.get(name);
            if (known != null) {
                stale.add(new OtherDaemon(
                        name,
                        process.pid(),
                        name + ", process " + process.pid() + ", " + known.does
                                + " and has been running since before the trust store last changed: it may trust what has"
                                + " left and not know what has come. If that matters, run systemctl restart "
                                + known.unit));
            }
        }
        stale.sort(Comparator.comparing(OtherDaemon::name).thenComparingLong(OtherDaemon::pid));
        return List.copyOf(stale);
    }
}
