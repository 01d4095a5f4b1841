package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which paths of the host a machine does not see. Decided by rules rather than by a list of known secrets:
 *
 * <ol>
 *   <li>at the top only the folders of the distribution show ({@link #SHOWN}); everything else is absent, or there and
 *       empty where every computer has it;
 *   <li>CAPSTAN_HOME, wherever it lies, is absent;
 *   <li>home folders of the accounts in {@code /etc/passwd} are empty, unless they are system places;
 *   <li>what belongs to this very computer ({@link #PERSONAL}: keys, logs, mail, spools, other runtimes) is empty;
 *   <li>in the system folders, what the host does not let everybody read is absent (a file) or empty (a folder).
 * </ol>
 *
 * <p>A hidden path is found by its real path, and by where it lies in the root's file system if it is reached through a
 * bind mount. Hiding is done with whiteouts in the upper folder, not with mounts: root inside a machine can undo a
 * mount.
 */
final class Masks {

    /** What a machine shows of the host's top folder. */
    static final Set<String> SHOWN =
            Set.of("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32", "usr", "etc", "var", "opt");

    /** Empty folders that every computer has, with mode and owner (uid:gid). */
    static final List<Folder> FURNITURE = List.of(
            new Folder("755", "0:0", Path.of("/dev")),
            new Folder("755", "0:0", Path.of("/home")),
            new Folder("755", "0:0", Path.of("/media")),
            new Folder("755", "0:0", Path.of("/mnt")),
            new Folder("555", "0:0", Path.of("/proc")),
            new Folder("700", "0:0", Path.of("/root")),
            new Folder("755", "0:0", Path.of("/run")),
            new Folder("755", "0:0", Path.of("/srv")),
            new Folder("555", "0:0", Path.of("/sys")),
            new Folder("1777", "0:0", Path.of("/tmp")),
            new Folder("1777", "0:0", Path.of("/var/tmp")),
            new Folder("755", "0:0", Path.of("/var/log")),
            new Folder("755", "0:0", Path.of("/var/log/capstan")),
            new Folder("755", "0:0", Path.of("/var/lib/capstan")),
            new Folder("711", "0:0", Path.of("/var/lib/containerd")),
            new Folder("755", "0:0", Path.of("/etc/capstan")),
            new Folder("755", "0:0", Path.of("/usr/lib/capstan")));

    /** What belongs to this computer and not to its distribution. */
    static final List<String> PERSONAL = List.of(
            "/etc/shadow",
            "/etc/shadow-",
            "/etc/gshadow",
            "/etc/gshadow-",
            "/etc/machine-id",
            "/etc/ssh",
            "/etc/ssl/private",
            "/etc/cni",
            "/etc/containerd",
            "/etc/docker",
            "/etc/kubernetes",
            "/etc/rancher",
            "/var/backups",
            "/var/mail",
            "/var/spool",
            "/var/lib/cloud",
            "/var/lib/cni",
            "/var/lib/dbus",
            "/var/lib/docker",
            "/var/lib/etcd",
            "/var/lib/kubelet",
            "/var/lib/libvirt",
            "/var/lib/machines",
            "/var/lib/rancher",
            "/var/lib/systemd",
            "/opt/cni");

    /** Where rule 5 looks, and how deep. */
    private static final List<Path> SEARCHED =
            List.of(Path.of("/etc"), Path.of("/opt"), Path.of("/usr/local"), Path.of("/var"));

    private static final int DEPTH = 5;

    /** Places that accounts of a distribution have as their home although they are nobody's. */
    private static final List<Path> SYSTEM_TREES = List.of(
            Path.of("/bin"),
            Path.of("/sbin"),
            Path.of("/lib"),
            Path.of("/usr/bin"),
            Path.of("/usr/sbin"),
            Path.of("/usr/lib"),
            Path.of("/usr/games"),
            Path.of("/usr/share"),
            Path.of("/dev"),
            Path.of("/proc"),
            Path.of("/sys"));

    private static final Set<Path> SYSTEM_PLACES = Set.of(
            Path.of("/"),
            Path.of("/etc"),
            Path.of("/opt"),
            Path.of("/usr"),
            Path.of("/usr/local"),
            Path.of("/var"),
            Path.of("/var/cache"),
            Path.of("/var/lib"));

    /**
     * An empty folder that the machine has in place of the host's.
     *
     * @param mode octal
     * @param owner uid:gid
     * @param path its place in the machine
     */
    record Folder(String mode, String owner, Path path) {

        String line() {
            return "%s %s %s".formatted(mode, owner, path);
        }
    }

    private final TreeMap<Path, Boolean> hidden = new TreeMap<>();

    private Masks() {}

    /**
     * What to hide on this host.
     *
     * @param passwd lines of {@code /etc/passwd}
     */
    static Masks of(Path capstanHome, Collection<String> passwd, List<Mount> mounts, Layers layers) throws IOException {
        var masks = new Masks();
        try (var top = Files.list(Path.of("/"))) {
            top.filter(entry -> !SHOWN.contains(entry.getFileName().toString())).forEach(entry -> masks.add(entry));
        }
        FURNITURE.forEach(folder -> masks.add(folder.path()));
        for (Path place : places(capstanHome, mounts, layers)) {
            masks.add(place);
        }
        for (String line : passwd) {
            for (Path home : homes(line)) {
                for (Path place : places(home, mounts, layers)) {
                    masks.add(place);
                }
            }
        }
        PERSONAL.forEach(path -> masks.add(Path.of(path)));
        for (Path tree : SEARCHED) {
            for (Path path : unreadable(tree, foreign(mounts, layers))) {
                masks.add(path);
            }
        }
        masks.dropCovered();
        return masks;
    }

    /** Whether this folder is part of what a machine is made of: it cannot be hidden. */
    static boolean isSystemPlace(Path path) {
        return SYSTEM_PLACES.contains(path) || SYSTEM_TREES.stream().anyMatch(path::startsWith);
    }

    /** Paths that must not show, none of them below another. */
    List<Path> hidden() {
        return List.copyOf(hidden.keySet());
    }

    /** Folders to be made, empty, in place of hidden ones; parents first. */
    List<Folder> folders(Path capstanHome) throws IOException {
        var folders = new TreeMap<Path, Folder>();
        for (Path path : hidden.keySet()) {
            boolean kept = path.getNameCount() > 1
                    && !path.startsWith(capstanHome)
                    && !path.toString().contains("\n")
                    && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            if (kept) {
                folders.put(path, like(path));
            }
        }
        FURNITURE.forEach(folder -> folders.put(folder.path(), folder));
        return List.copyOf(folders.values());
    }

    /** An empty folder with the mode and owner of the host's. */
    private static Folder like(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return new Folder(
                Integer.toOctalString(mode & 07777),
                "%s:%s"
                        .formatted(
                                Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS),
                                Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS)),
                path);
    }

    private void add(Path path) {
        if (!SYSTEM_PLACES.contains(path)) {
            hidden.put(path, true);
        }
    }

    /** What lies below a hidden path needs no whiteout, and could not have one. */
    private void dropCovered() {
        hidden.keySet().removeIf(path -> {
            for (Path above = path.getParent(); above != null; above = above.getParent()) {
                if (hidden.containsKey(above)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static List<Path> homes(String passwdLine) {
        String[] fields = passwdLine.split(":", -1);
        if (fields.length < 7 || !fields[5].startsWith("/")) {
            return List.of();
        }
        Path home = Path.of(fields[5]).normalize();
        return isSystemPlace(home) ? List.of() : List.of(home);
    }

    /**
     * Under which paths something shows in the machine: its own path without symbolic links, and where its file system
     * has it, if that is the file system of a layer (a bind mount hides that place from the host, not from an overlay).
     */
    private static List<Path> places(Path path, List<Mount> mounts, Layers layers) throws IOException {
        Path real = Files.exists(path) ? path.toRealPath() : path;
        var places = new ArrayList<Path>();
        places.add(real);
        Mount mount = Mount.of(real, mounts);
        Path inFileSystem = mount.root().resolve(mount.point().relativize(real).toString());
        for (Layers.Layer layer : layers.layers()) {
            Mount lower = layer.mount();
            if (lower.device().equals(mount.device()) && inFileSystem.startsWith(lower.root())) {
                places.add(lower.point()
                        .resolve(lower.root().relativize(inFileSystem).toString()));
            }
        }
        return places;
    }

    /** Mount points that no layer crosses. */
    private static Set<Path> foreign(List<Mount> mounts, Layers layers) {
        return mounts.stream()
                .map(Mount::point)
                .filter(point -> layers.layers().stream()
                        .noneMatch(layer -> layer.lower().equals(point)))
                .collect(Collectors.toSet());
    }

    /** What others than its owner and group may not read, outside these mounts. */
    private static List<Path> unreadable(Path tree, Set<Path> mounts) throws IOException {
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        Files.walkFileTree(tree, Set.of(), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (mounts.contains(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (!folder.equals(tree) && !open(folder)) {
                    found.add(folder);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isSymbolicLink() && !open(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Gone since the folder was read: nothing to hide.
                if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return found;
    }

    private static boolean open(Path path) throws IOException {
        return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).contains(PosixFilePermission.OTHERS_READ);
    }
}
