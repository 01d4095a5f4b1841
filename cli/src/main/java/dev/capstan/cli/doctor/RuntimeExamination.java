package dev.capstan.cli.doctor;

import dev.capstan.certificates.Identity;
import dev.capstan.proof.Anchors;
import dev.capstan.proof.Endpoint;
import dev.capstan.proof.Reason;
import dev.capstan.proof.RegistryProof;
import dev.capstan.proof.RuntimeAnswer;
import dev.capstan.proof.RuntimePull;
import dev.capstan.proof.TlsEndpoint;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.NamedCertificate;
import dev.capstan.runtime.OtherDaemon;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.StoreWrite;
import dev.capstan.truststore.RootPath;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.TrustStoreException;
import dev.capstan.truststore.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The container runtime of a root, as far as a diagnosis needs it. */
final class RuntimeExamination {

    private static final Path PROC = Path.of("/proc");
    private static final Duration TRYING = Duration.ofSeconds(5);
    private static final Pattern QUOTED_PATH = Pattern.compile("[\"'](/[^\"']+)[\"']");

    private final Path root;
    private ContainerRuntime runtime;
    private final List<String> unknown = new ArrayList<>();
    private @Nullable LaneChoice lane;
    private List<HostDirectory> directories = List.of();
    private Set<HostDirectory> vouched = Set.of();
    private Optional<Path> socket = Optional.empty();
    private String shownIn = RuntimeLayout.DEFAULT_DIRECTORY;
    private List<String> otherDaemons = List.of();

    private RuntimeExamination(Path root) {
        this.root = root;
        this.runtime = ContainerRuntime.at(root, PROC);
        try {
            directories = runtime.hostDirectories();
            lane = runtime.lane();
            vouched = vouched();
            runtime = runtime.vouching(vouched);
            lane = runtime.lane();
            socket = runtime.socket();
            shownIn = runtime.shownIn().orElse(shownIn);
            otherDaemons =
                    runtime.otherDaemons().stream().map(OtherDaemon::words).toList();
        } catch (ContainerRuntimeException unreadable) {
            unknown.add(String.valueOf(unreadable.getMessage()));
        }
    }

    /** The host directories that do not read the set and need not, tried now; the agent proves them again and again. */
    private Set<HostDirectory> vouched() {
        List<HostDirectory> hiding = directories.stream()
                .filter(directory ->
                        directory.hides().isPresent() && !directory.unshown().isEmpty())
                .toList();
        if (hiding.isEmpty()) {
            return Set.of();
        }
        Path withoutOurs;
        try {
            withoutOurs = TrustStore.at(root).withoutOurs();
        } catch (TrustStoreException unreadable) {
            return Set.of();
        }
        return hiding.stream()
                .filter(directory -> directory.unshown().stream().allMatch(server -> verifies(server, withoutOurs)))
                .collect(Collectors.toSet());
    }

    private boolean verifies(HostDirectory.Server server, Path withoutOurs) {
        List<Path> anchors = new ArrayList<>(List.of(withoutOurs));
        anchors.addAll(server.ca());
        try {
            TlsEndpoint asked = (TlsEndpoint) Endpoint.parse("https://" + server.address() + "/v2/");
            return RegistryProof.of(asked, Anchors.read(anchors), proxies(), TRYING)
                            .reason()
                    == Reason.VERIFIED;
        } catch (IOException | IllegalArgumentException unknown) {
            return false;
        }
    }

    static RuntimeExamination of(Path root) {
        return new RuntimeExamination(root);
    }

    /** The proxies of the runtime's own environment. */
    Map<String, String> proxies() {
        return process().map(RuntimeProcess::proxyEnvironment).orElse(Map.of());
    }

    /** Our set as the runtime reads it at every pull; empty in a lane without one. */
    Optional<String> shownSet() {
        return file(shownIn + "/" + RuntimeLayout.OUR_FILE)
                .filter(Files::isRegularFile)
                .map(RuntimeExamination::text);
    }

    /** Every certificate that the registry's host directory brings. */
    Optional<String> hostDirectoryCertificates(String registry) {
        return directory(registry).flatMap(found -> file(found.path())).map(folder -> {
            StringBuilder pem = new StringBuilder();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    if (file.toString().endsWith(".crt")) {
                        pem.append(text(file)).append('\n');
                    } else if (file.endsWith("hosts.toml")) {
                        Matcher path = QUOTED_PATH.matcher(text(file));
                        while (path.find()) {
                            pem.append(file(path.group(1))
                                            .map(RuntimeExamination::text)
                                            .orElse(""))
                                    .append('\n');
                        }
                    }
                }
            } catch (IOException unreadable) {
                unknown.add(found(registry) + ": " + unreadable);
            }
            return pem.toString();
        });
    }

    /**
     * What is to be said of it.
     *
     * @param repository what it shall be asked to pull; empty for nothing
     * @param completing the certificates with which the chain verifies
     */
    Facts.RuntimeSide side(
            String registry, String repository, Set<Identity> completing, Optional<Facts.Way> way, Duration limit) {
        Loaded loaded = loaded();
        Optional<HostDirectory> own = directory(registry);
        List<String> obstacles = new ArrayList<>(lane == null ? List.of() : lane.obstacles());
        obstacles.addAll(unknown);
        return new Facts.RuntimeSide(
                process().map(RuntimeProcess::toString).orElse(""),
                lane == null ? "None" : lane.lane().word(),
                lane == null ? "" : lane.reason(),
                obstacles,
                loaded instanceof Loaded.Stale stale ? stale.reason() : "",
                loaded instanceof Loaded.Stale stale
                        && stale.notYetKnown().stream()
                                .map(NamedCertificate::identity)
                                .anyMatch(completing::contains),
                loaded instanceof Loaded.Stale stale
                        && stale.stillTrusted().stream()
                                .anyMatch(gone -> way.isPresent()
                                        && gone.subject().equals(way.get().missing())),
                own.map(HostDirectory::path).orElse(""),
                own.filter(directory -> !vouched.contains(directory))
                        .flatMap(HostDirectory::hides)
                        .orElse(""),
                pull(repository, limit),
                otherDaemons);
    }

    private Optional<Facts.Pull> pull(String repository, Duration limit) {
        if (repository.isEmpty() || socket.isEmpty()) {
            return Optional.empty();
        }
        RuntimeAnswer answer = RuntimePull.ask(socket.get(), repository, limit);
        return Optional.of(new Facts.Pull(answer.reason(), answer.words()));
    }

    private Loaded loaded() {
        try {
            TrustStore store = TrustStore.at(root);
            List<StoreWrite> history = store.history().stream()
                    .map(write -> new StoreWrite(write.fingerprint(), write.bootId(), write.bootNanos()))
                    .toList();
            return runtime.loaded(
                    history, store.asked().orElse(Wanted.nothing()).distrusted());
        } catch (TrustStoreException | ContainerRuntimeException unreadable) {
            return new Loaded.Unknown(String.valueOf(unreadable.getMessage()));
        }
    }

    private Optional<RuntimeProcess> process() {
        return lane == null ? Optional.empty() : Optional.ofNullable(lane.process());
    }

    private Optional<HostDirectory> directory(String registry) {
        return directories.stream()
                .filter(one -> one.registry().equals(registry))
                .findFirst();
    }

    private String found(String registry) {
        return directory(registry).map(HostDirectory::path).orElse(registry);
    }

    private Optional<Path> file(String path) {
        try {
            return Optional.of(RootPath.resolve(root, Path.of(path)));
        } catch (IOException loop) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
