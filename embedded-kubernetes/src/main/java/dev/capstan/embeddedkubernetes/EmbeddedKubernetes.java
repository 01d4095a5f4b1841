package dev.capstan.embeddedkubernetes;

import dev.capstan.embeddedkubernetes.http.HttpServer;
import dev.capstan.embeddedkubernetes.identity.AdministratorToken;
import dev.capstan.embeddedkubernetes.identity.SigningKey;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import io.helidon.webserver.http.Handler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API server inside this process: a directory of virtual clusters, one file {@code NAME.sqlite} each, and
 * optionally an HTTPS server that serves each under {@code /clusters/NAME}.
 *
 * <p>Usable before, while and after it listens: objects can be read and written through {@link VirtualCluster} at any
 * time between {@link #open} and {@link #close}. All methods may be called from any thread.
 */
public final class EmbeddedKubernetes implements AutoCloseable {
    private static final String SUFFIX = ".sqlite";
    // A path segment and a file name: the form of Kubernetes object names, which clusters are often called after.
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private final Path directory;
    private final AdministratorToken administrator;
    private final SigningKey signingKey;
    private final Clock clock;
    private final BuiltinKinds builtin = BuiltinKinds.load();
    private final ConcurrentMap<String, VirtualCluster> clusters = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private @Nullable HttpServer server;
    private boolean closed;

    private EmbeddedKubernetes(Path directory, AdministratorToken administrator, SigningKey key, Clock clock) {
        this.directory = directory;
        this.administrator = administrator;
        this.signingKey = key;
        this.clock = clock;
    }

    /**
     * Opens all clusters of a directory, which is made (mode 0700) when missing.
     *
     * @param administratorTokenSha256 SHA-256 of the one token that may do everything in every cluster; the token
     *     itself must be random and long
     * @param signingKey EC key pair on P-256 that signs the tokens of service accounts; another one than last time
     *     ends all tokens handed out
     * @throws dev.capstan.embeddedkubernetes.store.StorageFailure if a cluster cannot be opened, such as when another
     *     process has it open; nothing stays open then
     */
    public static EmbeddedKubernetes open(Path directory, byte[] administratorTokenSha256, KeyPair signingKey) {
        return open(directory, administratorTokenSha256, signingKey, Clock.systemUTC());
    }

    /** As the other, with another clock for the life of tokens. */
    static EmbeddedKubernetes open(Path directory, byte[] administratorTokenSha256, KeyPair signingKey, Clock clock) {
        EmbeddedKubernetes opened = new EmbeddedKubernetes(
                directory, new AdministratorToken(administratorTokenSha256), new SigningKey(signingKey), clock);
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (String name : opened.storedNames()) {
                opened.clusters.put(name, opened.openCluster(name));
            }
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use the directory " + directory + ": " + e, e);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private List<String> storedNames() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted()
                    .toList();
        }
    }

    private VirtualCluster openCluster(String name) {
        return VirtualCluster.open(name, directory.resolve(name + SUFFIX), builtin, administrator, signingKey, clock);
    }

    /**
     * The cluster of that name, made when there is none; it is served at once.
     *
     * @param name a path segment: lower-case letters, digits, {@code -} and {@code .}, up to 253
     * @throws IllegalArgumentException if the name has another form
     */
    public VirtualCluster create(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a cluster: use up to 253"
                    + " lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.");
        }
        synchronized (lock) {
            requireOpen();
            VirtualCluster found = clusters.get(name);
            if (found == null) {
                found = openCluster(name);
                clusters.put(name, found);
            }
            return found;
        }
    }

    /** The cluster of that name. */
    public Optional<VirtualCluster> find(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    /** All clusters by name. */
    public Collection<VirtualCluster> clusters() {
        return new TreeMap<>(clusters).values();
    }

    /** Ends the cluster's watches and deletes it with its file; nothing happens when there is none. */
    public void delete(String name) {
        synchronized (lock) {
            requireOpen();
            VirtualCluster found = clusters.remove(name);
            if (found == null) {
                return;
            }
            found.close();
            try {
                // The main file first: what is left of the others means nothing without it.
                for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
                    Files.deleteIfExists(directory.resolve(name + SUFFIX + suffix));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The cluster " + name + " is no longer served, but deleting its file failed: " + e, e);
            }
        }
    }

    /**
     * Starts the HTTPS server. A path that is neither a cluster's nor about health is not found.
     *
     * @param address port 0 takes a free one, see {@link #port}
     * @param tls with the server's key and certificate, see {@link ServerTls}
     * @throws IllegalStateException if it listens already or cannot listen there
     */
    public void start(InetSocketAddress address, SSLContext tls) {
        listen(address, tls, Optional.empty(), null);
    }

    /**
     * Starts the HTTPS server with something else on the same port.
     *
     * @param beside gets every request whose path is not {@code /clusters/…}, {@code /healthz}, {@code /livez} or
     *     {@code /readyz}, as it came (two slashes at the start stay two in its {@code rawPath}), before anybody was asked who
     *     she is; it answers its own errors. Requests that are no acceptable HTTP never reach it
     * @throws IllegalStateException if it listens already or cannot listen there
     */
    public void start(InetSocketAddress address, SSLContext tls, Handler beside) {
        listen(address, tls, Optional.empty(), beside);
    }

    /**
     * As above, and on a socket of the file system as well, for clients on this machine that may enter its folder: without TLS,
     * with a token as everywhere.
     *
     * @param socket where; nothing may be there, and its folder must be its owner's alone
     */
    public void start(InetSocketAddress address, SSLContext tls, Path socket, Handler beside) {
        listen(address, tls, Optional.of(socket), beside);
    }

    private void listen(InetSocketAddress address, SSLContext tls, Optional<Path> socket, @Nullable Handler beside) {
        synchronized (lock) {
            requireOpen();
            if (server != null) {
                throw new IllegalStateException("The server listens already, on port " + server.port() + ".");
            }
            server = HttpServer.start(
                    address, tls, socket, name -> find(name).map(VirtualCluster::api), administrator, beside);
        }
    }

    /**
     * The port listened on.
     *
     * @throws IllegalStateException if the server was not started
     */
    public int port() {
        synchronized (lock) {
            if (server == null) {
                throw new IllegalStateException("The server was not started.");
            }
            return server.port();
        }
    }

    /** Stops the HTTPS server if it runs: ends watches, lets requests finish for up to five seconds. */
    public void stop() {
        HttpServer running;
        synchronized (lock) {
            running = server;
            server = null;
        }
        if (running != null) {
            running.close();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The embedded Kubernetes API was closed.");
        }
    }

    /** Stops the server and closes all clusters. */
    @Override
    public void close() {
        stop();
        synchronized (lock) {
            closed = true;
            clusters.values().forEach(VirtualCluster::close);
            clusters.clear();
        }
    }
}
