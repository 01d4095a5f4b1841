package dev.capstan.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The registry host directories under the roots of {@code config_path}: which of them keep containerd from reading our set
 * (containerd: docs/hosts.md and core/remotes/docker/config; measured on 1.6.20, 1.7.24 and 2.1.9).
 *
 * <ul>
 *   <li>The roots are looked through in order. In each a registry's own directory counts, {@code HOST_PORT_} before
 *       {@code HOST:PORT}, else {@code _default}; the first that is there is the only one that is read. So a {@code _default}
 *       in an earlier root hides all that follows, and ours has to lie in the last.
 *   <li>A registry with a directory of its own does not read {@code _default} at all. Its token server, the hosts its blobs
 *       lie on and its proxy are verified with the certificates of that directory as well.
 *   <li>Without a {@code hosts.toml} that containerd takes, see {@link HostsFile}, a directory's {@code *.crt} count, and each
 *       of them must hold a certificate: one that does not fails every pull.
 * </ul>
 *
 * @param directories those of registries, the ones that are read
 * @param obstacles what keeps {@code _default} from working, each with what to do
 */
public record HostDirectories(List<HostDirectory> directories, List<String> obstacles) {

    private static final long LARGEST = 1024 * 1024;
    private static final String DEFAULT = "_default";

    /**
     * Looks at what is there now.
     *
     * @param roots the roots of {@code config_path}, ours the last
     * @param two whether this containerd is of version 2 or newer
     */
    public static HostDirectories look(Path root, List<String> roots, boolean two) throws IOException {
        List<HostDirectory> directories = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String ours = roots.getLast() + "/" + DEFAULT;
        for (String certs : roots) {
            for (String name : directoriesIn(root, certs)) {
                String path = certs + "/" + name;
                if (!name.equals(DEFAULT)) {
                    String registry = registry(name);
                    if (seen.add(registry)) {
                        directories.add(new Judge(root, path, registry, ours, two).directory());
                    }
                } else if (path.equals(ours)) {
                    obstacles.addAll(new Judge(root, path, "", ours, two).obstaclesInDefault());
                } else {
                    obstacles.add(path + " is read in place of " + ours
                            + ", where the set is shown, because its root comes first in config_path: move what it holds"
                            + " to the last root");
                }
            }
        }
        return new HostDirectories(List.copyOf(directories), List.copyOf(obstacles));
    }

    /** What hides the set on this node, but for the directories that somebody vouches for. */
    List<String> hiding(Set<HostDirectory> vouched) {
        return directories.stream()
                .filter(directory -> !vouched.contains(directory))
                .flatMap(directory -> directory.hides().stream())
                .toList();
    }

    /** The registries whose pulls do not read the set, and for which somebody vouches. */
    List<String> vouchedFor(Set<HostDirectory> vouched) {
        return directories.stream()
                .filter(directory -> directory.hides().isPresent() && vouched.contains(directory))
                .map(HostDirectory::registry)
                .toList();
    }

    /** Adds our link to the bundle to a directory; false if it is there. */
    public static boolean join(Path root, String path) throws IOException {
        Path link = RuntimeLayout.forWriting(root, path).resolve(RuntimeLayout.OUR_FILE);
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Files.createSymbolicLink(link, Path.of(SystemBundle.path(root)));
        return true;
    }

    /** Removes our link from a directory; false if it is not there, or not ours. */
    public static boolean leave(Path root, String path) throws IOException {
        Path link = RuntimeLayout.forWriting(root, path).resolve(RuntimeLayout.OUR_FILE);
        return Files.isSymbolicLink(link)
                && SystemBundle.is(root, path + "/" + RuntimeLayout.OUR_FILE)
                && Files.deleteIfExists(link);
    }

    /** The registry's name as it stands in image references: a directory may be called {@code HOST_PORT_}. */
    private static String registry(String name) {
        int port = name.lastIndexOf('_', name.length() - 2);
        boolean portable = name.endsWith("_")
                && port > 0
                && port < name.length() - 2
                && name.substring(port + 1, name.length() - 1).chars().allMatch(Character::isDigit);
        return portable ? name.substring(0, port) + ":" + name.substring(port + 1, name.length() - 1) : name;
    }

    /** The names of a root's directories, {@code HOST_PORT_} before {@code HOST:PORT}; links that lead nowhere are none. */
    static SortedSet<String> directoriesIn(Path root, String certs) throws IOException {
        // An underscore comes after a colon: the other way round.
        SortedSet<String> names = new TreeSet<>(Collections.reverseOrder());
        for (String name : names(root, certs)) {
            if (Files.isDirectory(RootPath.follow(root, certs + "/" + name))) {
                names.add(name);
            }
        }
        return names;
    }

    private static SortedSet<String> names(Path root, String folder) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        Path there = RootPath.follow(root, folder);
        if (Files.isDirectory(there)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(there)) {
                entries.forEach(entry -> names.add(entry.getFileName().toString()));
            }
        }
        return names;
    }

    /**
     * Looks at one directory.
     *
     * @param path it, inside the root
     * @param registry whose it is
     * @param ours the directory in which the set is shown
     */
    private record Judge(Path root, String path, String registry, String ours, boolean two) {

        HostDirectory directory() throws IOException {
            Optional<HostsFile> hosts = hosts();
            boolean taken = hosts.isPresent() && hosts.get().refused() == null;
            List<String> wrong = new ArrayList<>();
            List<HostDirectory.Server> unshown = new ArrayList<>();
            boolean whole = taken
                    ? servers(hosts.orElseThrow(), wrong, unshown)
                    : certificateFiles(hosts.flatMap(file -> Optional.ofNullable(file.refused())), wrong, unshown);
            boolean joinable = hosts.isEmpty() && !wrong.isEmpty() && isPlain() && broken().isEmpty();
            Optional<String> hides = wrong.isEmpty()
                    ? Optional.empty()
                    : Optional.of("registry " + registry + " has a host directory of its own, " + path
                            + ", which keeps its pulls from the set: " + String.join(", and ", wrong));
            return new HostDirectory(registry, path, hides, joinable, whole ? unshown : List.of());
        }

        /** What keeps {@code _default} from showing the set, or every pull from working. */
        List<String> obstaclesInDefault() throws IOException {
            List<String> obstacles = new ArrayList<>();
            Optional<HostsFile> hosts = hosts();
            if (hosts.isPresent() && hosts.get().refused() == null) {
                obstacles.add(path
                        + "/hosts.toml hides every certificate beside it: move its [host] tables to directories"
                        + " of the registries they are for, each with the line ca = \"" + SystemBundle.path(root)
                        + "\", and remove it");
                return obstacles;
            }
            broken().forEach(words -> obstacles.add(words + ", which fails every pull of a registry without a host"
                    + " directory of its own: remove it"));
            return obstacles;
        }

        /**
         * Which servers of the file are verified with neither the bundle nor our file, each with the line to add.
         *
         * @return false if files of the directory fail its pulls
         */
        private boolean servers(HostsFile file, List<String> wrong, List<HostDirectory.Server> unshown)
                throws IOException {
            boolean whole = true;
            List<String> covered = new ArrayList<>();
            for (HostsFile.Server server : file.servers()) {
                for (String ca : server.ca()) {
                    String broken = CertificateFile.broken(root, absolute(ca));
                    if (!broken.isEmpty() && server.verified()) {
                        whole = false;
                        wrong.add("the ca " + absolute(ca) + " of " + server.place() + " " + broken
                                + ", which fails its pulls: put it back or take it out");
                    }
                }
                boolean last = server.equals(file.servers().getLast());
                String address = server.address().isEmpty() ? registry : server.address();
                if (!server.verified() || namesOurs(server) || (last && covered.contains(address))) {
                    covered.add(address);
                } else {
                    wrong.add("add to " + server.place() + " of " + path + "/hosts.toml the line " + line(server));
                    List<Path> files = new ArrayList<>();
                    for (String ca : server.ca()) {
                        files.add(RootPath.follow(root, absolute(ca)));
                    }
                    unshown.add(new HostDirectory.Server(server.address().isEmpty() ? itself() : address, files));
                }
            }
            return whole;
        }

        /** The registry itself, where nothing names another address (containerd: core/remotes/docker/config). */
        private String itself() {
            return registry.equals("docker.io") ? "registry-1.docker.io" : registry;
        }

        private boolean certificateFiles(
                Optional<String> refused, List<String> wrong, List<HostDirectory.Server> unshown) throws IOException {
            List<String> broken = broken();
            List<Path> certificates = new ArrayList<>();
            for (String file : files(".crt")) {
                if (isOurs(path + "/" + file)) {
                    wrong.addAll(broken);
                    return false;
                }
                certificates.add(RootPath.follow(root, path + "/" + file));
            }
            String why = refused.map(words -> "containerd passes over its hosts.toml (" + words + "); mend that, or ")
                    .orElse("");
            wrong.add(why + "add a file there with ln -s " + SystemBundle.path(root) + " " + path + "/"
                    + RuntimeLayout.OUR_FILE);
            unshown.add(new HostDirectory.Server(itself(), certificates));
            return broken.isEmpty();
        }

        /** The files that fail every pull of this directory. */
        private List<String> broken() throws IOException {
            List<String> broken = new ArrayList<>();
            for (String file : files(".crt")) {
                String words = CertificateFile.broken(root, path + "/" + file);
                if (!words.isEmpty()) {
                    broken.add(path + "/" + file + " " + words);
                }
            }
            for (String file : files(".cert")) {
                Path key = RuntimeLayout.in(root, path + "/" + file.substring(0, file.length() - 5) + ".key");
                Path pair = RootPath.follow(root, path + "/" + file);
                if (!Files.isRegularFile(pair) || (Files.size(pair) == 0 && !Files.exists(key))) {
                    broken.add(path + "/" + file + " is no client certificate");
                }
            }
            return broken;
        }

        private List<String> files(String suffix) throws IOException {
            return names(root, path).stream()
                    .filter(name -> name.endsWith(suffix)
                            && !Files.isDirectory(RuntimeLayout.in(root, path + "/" + name), LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }

        /** The directory's {@code hosts.toml}; empty where it has none, or one of no bytes. */
        private Optional<HostsFile> hosts() throws IOException {
            Path file = RootPath.follow(root, path + "/hosts.toml");
            if (!Files.exists(file) || (Files.isRegularFile(file) && Files.size(file) == 0)) {
                return Optional.empty();
            }
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                return Optional.of(new HostsFile(List.of(), "it is no file that can be read"));
            }
            return Optional.of(HostsFile.parse(Files.readString(file, StandardCharsets.ISO_8859_1), two));
        }

        private boolean namesOurs(HostsFile.Server server) throws IOException {
            for (String ca : server.ca()) {
                if (isOurs(absolute(ca))) {
                    return true;
                }
            }
            return false;
        }

        private boolean isOurs(String file) throws IOException {
            return SystemBundle.is(root, file)
                    || RootPath.follow(root, file).equals(RootPath.follow(root, ours + "/" + RuntimeLayout.OUR_FILE));
        }

        private String line(HostsFile.Server server) throws IOException {
            String bundle = "\"" + SystemBundle.path(root) + "\"";
            return server.ca().isEmpty()
                    ? "ca = " + bundle
                    : "ca = "
                            + Stream.concat(server.ca().stream().map(ca -> "\"" + ca + "\""), Stream.of(bundle))
                                    .collect(Collectors.joining(", ", "[", "]"));
        }

        /** A relative path begins at the directory. */
        private String absolute(String ca) {
            return ca.startsWith("/") ? ca : path + "/" + ca;
        }

        /** Whether no link leads to the directory: we write through none. */
        private boolean isPlain() throws IOException {
            return RootPath.follow(root, path).equals(RuntimeLayout.in(root, path));
        }
    }
}
