package dev.capstan.endtoend.lanes;

import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Requirements;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What stands around the nodes of a test class: three authorities, registries and proxies with certificates from them, and
 * the nodes themselves. Registered as an extension it is there before the class's first method, and gone after its last.
 */
final class Lab implements BeforeAllCallback, AfterAllCallback {

    private static final AtomicInteger NODES = new AtomicInteger();

    private final Images images = new Images();
    private final Set<String> hosts = new TreeSet<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, TlsRegistry> registries = new HashMap<>();
    private final Map<String, ConnectProxy> proxies = new HashMap<>();
    private final Deque<Closeable> open = new ArrayDeque<>();

    private Path folder;
    private Authority ours;
    private Authority second;
    private Authority distribution;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Requirements.machines();
        folder = Files.createTempDirectory("capstan-lab");
        ours = Authority.make(folder, "ours");
        second = Authority.make(folder, "second");
        distribution = Authority.make(folder, "distribution");
    }

    /** Our CA: the one that comes and goes. */
    Authority ours() {
        return ours;
    }

    /** A second private CA. */
    Authority second() {
        return second;
    }

    /** Stands in for a public root: it is what the distribution of every node ships. */
    Authority distribution() {
        return distribution;
    }

    Path folder() {
        return folder;
    }

    TlsRegistry registry(Authority authority, String name) {
        return registry(authority, name, "", "");
    }

    /**
     * The registry NAME.lab.test, which wants tokens of one address and sends for blobs to another; empty: neither. It is
     * there from the first call on, the same for every method of the class.
     */
    synchronized TlsRegistry registry(Authority authority, String name, String tokensOf, String blobsOf) {
        return registries.computeIfAbsent(
                name, key -> keep(TlsRegistry.start(authority, host(name), images, tokensOf, blobsOf)));
    }

    /** A registry called localhost, which the product's own processes reach too; it wants tokens of this address, if any. */
    synchronized TlsRegistry local(Authority authority, String tokensOf) {
        return registries.computeIfAbsent(
                "localhost of " + authority.certificate() + ", tokens of " + tokensOf,
                key -> keep(TlsRegistry.start(authority, "localhost", images, tokensOf, "")));
    }

    /** The proxy NAME.lab.test, there from the first call on. */
    synchronized ConnectProxy proxy(Authority authority, String name) {
        return proxies.computeIfAbsent(name, key -> keep(ConnectProxy.start(authority, host(name))));
    }

    /**
     * The node of this build, as it was made: nothing runs on it, containerd has no configuration, and its distribution ships
     * {@link #distribution} alone.
     */
    Node node(ContainerdBuild build) {
        return node(build, "");
    }

    /** One more node of this build. */
    synchronized Node node(ContainerdBuild build, String which) {
        build.require();
        return nodes.computeIfAbsent(build + which, key -> make(build)).fresh();
    }

    /** The same as it is now, with what runs on it. */
    synchronized Node kept(ContainerdBuild build, String which) {
        return Objects.requireNonNull(nodes.get(build + which), which);
    }

    private Node make(ContainerdBuild build) {
        try {
            String name = "lab-" + ProcessHandle.current().pid() + "-" + NODES.incrementAndGet();
            return keep(Node.start(build, Files.createDirectory(folder.resolve(name)), name, this));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A name that leads to this machine from every node that starts containerd from now on. */
    synchronized String host(String name) {
        String host = name + ".lab.test";
        hosts.add(host);
        return host;
    }

    synchronized String hosts() {
        return "127.0.0.1 localhost " + String.join(" ", hosts) + "\n";
    }

    synchronized <T extends Closeable> T keep(T part) {
        open.push(part);
        return part;
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) throws IOException {
        IOException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        nodes.clear();
        if (folder != null) {
            Program.clean().run("rm", "-rf", "--one-file-system", folder.toString());
        }
        if (first != null) {
            throw first;
        }
    }
}
