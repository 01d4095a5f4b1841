package dev.capstan.providerlocal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The overlays a machine's root is made of. A lower folder shows one file system only and does not cross into what is
 * mounted below it, so there is one overlay over {@code /} and one more for each of the host's system folders that is a
 * mount of its own. Any other mount of the host shows as the empty folder under it, if at all.
 */
record Layers(List<Layer> layers) {

    /** Folders that hold the distribution, and that hosts are known to mount separately. */
    private static final Set<Path> STACKED = Set.of(
            Path.of("/usr"),
            Path.of("/usr/local"),
            Path.of("/usr/share"),
            Path.of("/etc"),
            Path.of("/opt"),
            Path.of("/var"),
            Path.of("/var/lib"),
            Path.of("/var/cache"));

    /**
     * One overlay.
     *
     * @param mount the host's mount that is its lower folder
     * @param upper name of its upper folder in the machine's folder
     * @param work name of its work folder
     */
    record Layer(Mount mount, String upper, String work) {

        Path lower() {
            return mount.point();
        }

        String line() {
            return "%s %s %s".formatted(lower(), upper, work);
        }
    }

    /** The layers on this host, outer ones first. */
    static Layers of(List<Mount> mounts) {
        var points = new ArrayList<Path>();
        points.add(Path.of("/"));
        mounts.stream()
                .map(Mount::point)
                .filter(STACKED::contains)
                .distinct()
                .sorted(Comparator.comparingInt(Path::getNameCount).thenComparing(Comparator.naturalOrder()))
                .forEach(points::add);
        return new Layers(points.stream()
                .map(point -> {
                    String suffix = point.getNameCount() == 0
                            ? ""
                            : "-" + point.toString().substring(1).replace('/', '-');
                    return new Layer(Mount.of(point, mounts), "upper" + suffix, "work" + suffix);
                })
                .toList());
    }

    /** The layer a path of the machine lies in. */
    Layer of(Path path) {
        return layers.stream()
                .filter(layer -> path.startsWith(layer.lower()))
                .max(Comparator.comparingInt(layer -> layer.lower().getNameCount()))
                .orElseThrow();
    }
}
