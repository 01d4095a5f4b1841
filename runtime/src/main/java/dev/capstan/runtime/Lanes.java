package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the lane of a node from what is found on it now; nothing is remembered.
 *
 * <p>containerd's environment says which roots it reads once: our copy of the distribution's roots alone, the trust store, or
 * something else. Its configuration, as it reads it itself, says whether it looks into host directories at every pull, and the
 * directories whether every registry finds our set there. From these:
 *
 * <ul>
 *   <li>our roots, and host directories are read: <b>Isolated</b>. What else does not hold, such as a host directory that
 *       hides the set, is an obstacle, and no set counts as loaded while it is there: a restart would not help.
 *   <li>the trust store, and host directories are read and nothing hides the set: <b>Additive</b>.
 *   <li>the trust store otherwise: <b>Restart</b>, with the reason why it is not Additive.
 *   <li>our roots, and the process runs with a configuration by which it reads no host directory: <b>Restart</b> as well, the
 *       safe way out of a lane whose ground is gone: our roots are then given our set too, see {@link KeptRoots}.
 *   <li>other roots: <b>Restart</b> with the obstacle that a restart brings nothing.
 * </ul>
 */
final class Lanes {

    private final Path root;
    private final Processes processes;
    private final Containerd containerd;
    private final ConfigurationHistory history;
    private final Set<HostDirectory> vouched;

    Lanes(Path root, Processes processes, Containerd containerd, Set<HostDirectory> vouched) {
        this.root = root;
        this.processes = processes;
        this.containerd = containerd;
        this.history = new ConfigurationHistory(root, processes);
        this.vouched = vouched;
    }

    /** Which roots a process reads once. */
    enum Roots {
        /** The trust store. */
        STORE,
        /** {@link RuntimeLayout#DISTRIBUTION_ROOTS}, and nothing else. */
        OURS,
        /** Something else. */
        OTHER
    }

    /**
     * A lane and what it was chosen by.
     *
     * @param choice the lane
     * @param roots which roots the process reads once
     * @param showIn the {@code _default} directory that it reads at every pull; empty where it reads none
     * @param answer what containerd said of itself; absent where none runs
     * @param change what was changed of its configuration since it was started
     */
    record Found(
            LaneChoice choice,
            Roots roots,
            Optional<String> showIn,
            Containerd.@Nullable Answer answer,
            Optional<ConfigurationChange> change) {

        /** The socket on which the runtime serves CRI, as a path inside the root; empty where none runs. */
        Optional<String> socket() {
            RuntimeProcess process = choice.process();
            if (process == null) {
                return Optional.empty();
            }
            return Optional.of(Lanes.socket(process, answer == null ? null : answer.configuration()));
        }

        /** The folders that exist and in which a change may bring another lane. */
        Set<Path> watched(Path root) throws IOException {
            Set<String> folders = new LinkedHashSet<>(List.of("/etc/containerd", "/var/lib/capstan/runtime"));
            List<String> certs = new ArrayList<>(List.of(RuntimeLayout.HOST_DIRECTORIES));
            if (answer != null) {
                folders.addAll(answer.files().folders());
                RuntimeConfiguration configuration = answer.configuration();
                certs.addAll(configuration == null ? List.of() : configuration.roots());
            }
            for (String one : certs) {
                folders.add(one);
                HostDirectories.directoriesIn(root, one).forEach(name -> folders.add(one + "/" + name));
            }
            Set<Path> watched = new LinkedHashSet<>();
            for (String folder : folders) {
                Path there = RootPath.follow(root, folder);
                if (folder.startsWith("/") && Files.isDirectory(there)) {
                    watched.add(there);
                }
            }
            return watched;
        }
    }

    /** Where this process serves CRI, as a path inside the root. */
    private static String socket(RuntimeProcess process, @Nullable RuntimeConfiguration configuration) {
        String address = switch (process.kind()) {
            case CONTAINERD ->
                process.option(
                        "-a",
                        "--address",
                        configuration == null ? RuntimeLayout.CONTAINERD_SOCKET : configuration.address());
            case CRI_O -> process.option("--listen", "--listen", "/var/run/crio/crio.sock");
            case DOCKER -> "/var/run/cri-dockerd.sock";
        };
        return address.startsWith("unix://") ? address.substring(7) : address;
    }

    /** Looks at the node. */
    Found look() throws IOException {
        Optional<RuntimeProcess> running = processes.runtime();
        if (running.isEmpty()) {
            return atRest();
        }
        RuntimeProcess process = running.get();
        if (process.kind() != RuntimeKind.CONTAINERD) {
            return byLayout(process);
        }
        Containerd.Answer answer = containerd.ask(process);
        if (answer.configuration() != null && answer.configuration().criDisabled()) {
            Optional<RuntimeProcess> docker = processes.docker();
            if (docker.isPresent()) {
                return byLayout(docker.get());
            }
        }
        return ofContainerd(process, answer);
    }

    private Found ofContainerd(RuntimeProcess process, Containerd.Answer answer) throws IOException {
        Roots roots = roots(process.trustEnvironment());
        RuntimeConfiguration configuration = answer.configuration();
        Optional<String> unusable = unusable(answer);
        Optional<ConfigurationChange> change = history.changed(process, answer.files(), socket(process, configuration));
        Optional<String> changed = change.map(
                one -> one.file() + " was changed after containerd started, which does not know of it: run systemctl"
                        + " restart containerd");
        Optional<String> showIn = Optional.empty();
        List<String> hidden = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        if (configuration != null && unusable.isEmpty()) {
            showIn = Optional.of(configuration.roots().getLast() + "/_default");
            HostDirectories directories = HostDirectories.look(root, configuration.roots(), isTwo(answer));
            broken.addAll(directories.obstacles());
            hidden.addAll(directories.hiding(vouched));
            unread.addAll(directories.vouchedFor(vouched));
        }
        LaneChoice choice = switch (roots) {
            case OURS ->
                unusable.isPresent() && changed.isEmpty()
                        ? new LaneChoice(
                                Lane.RESTART,
                                "containerd was started with roots that Capstan keeps, and reads no host"
                                        + " directory: " + unusable.get(),
                                missingRoots(),
                                process)
                        : isolated(process, unread, all(unusable, changed, broken, hidden));
            case STORE ->
                unusable.isEmpty() && changed.isEmpty() && broken.isEmpty() && hidden.isEmpty()
                        ? new LaneChoice(
                                Lane.ADDITIVE,
                                "containerd reads the trust store once and the set at every pull: adding needs"
                                        + " no restart, removing does" + words(unread),
                                List.of(),
                                process)
                        : new LaneChoice(
                                Lane.RESTART,
                                "containerd reads the trust store once: "
                                        + String.join("; ", all(unusable, changed, broken, hidden)),
                                broken,
                                process);
            case OTHER ->
                new LaneChoice(
                        Lane.RESTART,
                        "containerd was started with roots of its own",
                        List.of("containerd was started with " + process.trustEnvironment()
                                + ", which is not the trust store: take that out of its environment (see"
                                + " systemctl cat containerd), or run capstan node prepare"),
                        process);
        };
        return new Found(choice, roots, showIn, answer, change);
    }

    private LaneChoice isolated(RuntimeProcess process, List<String> unread, List<String> obstacles)
            throws IOException {
        List<String> all = new ArrayList<>(obstacles);
        all.addAll(missingRoots());
        return new LaneChoice(
                Lane.ISOLATED,
                "containerd was started with the distribution's roots alone and reads the set at every pull"
                        + words(unread),
                all,
                process);
    }

    /** Which registries' pulls do not read the set, and why that is no matter. */
    private static String words(List<String> unread) {
        return unread.isEmpty()
                ? ""
                : "; not for " + String.join(", ", unread) + ", with host directories of their own whose servers verify"
                        + " without the set";
    }

    private List<String> missingRoots() throws IOException {
        return Files.isRegularFile(RuntimeLayout.in(root, RuntimeLayout.DISTRIBUTION_ROOTS))
                ? List.of()
                : List.of(RuntimeLayout.DISTRIBUTION_ROOTS
                        + " is gone: containerd trusts no public registry until it is put back; Capstan does that by"
                        + " itself, see why it has not in the agent's log");
    }

    /** Why containerd reads no host directory, with what to do; empty if it does. */
    private static Optional<String> unusable(Containerd.Answer answer) {
        RuntimeConfiguration configuration = answer.configuration();
        String file = answer.files().main();
        if (configuration == null) {
            return Optional.of(answer.failure());
        }
        String table = "[" + configuration.registryTable() + "]";
        if (configuration.criDisabled()) {
            return Optional.of(file + " disables the plugin that serves CRI: take it out of disabled_plugins");
        }
        if (configuration.configPath().isEmpty()) {
            return Optional.of(file + " has no config_path that this containerd reads: set config_path = \""
                    + RuntimeLayout.HOST_DIRECTORIES + "\" in " + table
                    + " and run systemctl restart containerd, or run capstan node prepare");
        }
        if (!configuration.mirrors().isEmpty() || !configuration.tlsConfigs().isEmpty()) {
            return Optional.of(
                    file + " has the legacy tables registry.mirrors or registry.configs.*.tls beside config_path,"
                            + " with which containerd serves no CRI: move them to host directories under "
                            + configuration.configPath());
        }
        if (configuration.roots().stream().anyMatch(path -> !path.startsWith("/"))) {
            return Optional.of(file + " has config_path = \"" + configuration.configPath()
                    + "\", which is no absolute path: write one, and run systemctl restart containerd");
        }
        if (configuration.roots().size() > 1 && configuration.transferPulls()) {
            return Optional.of(file + " has config_path = \"" + configuration.configPath()
                    + "\", which this containerd takes as the name of one folder: name one root in " + table
                    + " and run systemctl restart containerd");
        }
        return Optional.empty();
    }

    private static boolean isTwo(Containerd.Answer answer) {
        RuntimeConfiguration configuration = answer.configuration();
        return configuration != null && configuration.version() > 2;
    }

    private Roots roots(Map<String, String> environment) throws IOException {
        if (environment.equals(IsolatedLane.ENVIRONMENT)) {
            return Roots.OURS;
        }
        return SystemBundle.readBy(root, environment) ? Roots.STORE : Roots.OTHER;
    }

    private Found byLayout(RuntimeProcess process) throws IOException {
        String layout = process.kind() == RuntimeKind.CRI_O ? "/etc/containers/certs.d" : "/etc/docker/certs.d";
        boolean reads = SystemBundle.readBy(root, process.trustEnvironment());
        return new Found(
                new LaneChoice(
                        Lane.RESTART,
                        "unverified: " + process.kind().word() + " is known by its layout alone (" + layout
                                + "); it reads the trust store once",
                        reads
                                ? List.of()
                                : List.of(process.kind().word() + " was started with " + process.trustEnvironment()
                                        + ", which is not the trust store: take that out of its environment"),
                        process),
                reads ? Roots.STORE : Roots.OTHER,
                Optional.empty(),
                null,
                Optional.empty());
    }

    private Found atRest() {
        boolean prepared = Files.exists(RuntimeLayout.in(root, RuntimeLayout.ENVIRONMENT));
        return prepared
                ? new Found(
                        new LaneChoice(
                                Lane.ISOLATED,
                                "this machine was made for it (" + RuntimeLayout.ENVIRONMENT
                                        + "); containerd does not run",
                                List.of("containerd does not run"),
                                null),
                        Roots.OURS,
                        Optional.of(RuntimeLayout.DEFAULT_DIRECTORY),
                        null,
                        Optional.empty())
                : new Found(
                        new LaneChoice(Lane.NONE, "no container runtime runs on this node", List.of(), null),
                        Roots.STORE,
                        Optional.empty(),
                        null,
                        Optional.empty());
    }

    private static List<String> all(
            Optional<String> unusable, Optional<String> changed, List<String> broken, List<String> hidden) {
        List<String> all = new ArrayList<>();
        unusable.ifPresent(all::add);
        changed.ifPresent(all::add);
        all.addAll(broken);
        all.addAll(hidden);
        return all;
    }
}
