package dev.capstan.endtoend.lanes;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands around the nodes of a test class: three authorities, registries and proxies with certificates from them, and
 * the nodes themselves. All of it ends with {@link #close}.
 */
final class Lab implements Closeable {

    private static final AtomicInteger NODES = new AtomicInteger();

    /** Ours: the CA that comes and goes. */
    final Authority ours;

    /** A second private CA. */
    final Authority second;

    /** Stands in for a public root: it is what the distribution of every node ships. */
    final Authority distribution;

    final Images images = new Images();

    private final Path folder;
    private final Set<String> hosts = new TreeSet<>();
    private final Map<ContainerdBuild, Node> nodes = new EnumMap<>(ContainerdBuild.class);
    private final Deque<Closeable> open = new ArrayDeque<>();

    private Lab(Path folder) {
        this.folder = folder;
        ours = Authority.make(folder, "ours");
        second = Authority.make(folder, "second");
        distribution = Authority.make(folder, "distribution");
    }

    static Lab open(Path folder) {
        return new Lab(folder);
    }

    TlsRegistry registry(Authority authority, String name) {
        return registry(authority, name, "", "");
    }

    /** A registry NAME.lab.test that wants tokens of one address and sends for blobs to another; empty: neither. */
    TlsRegistry registry(Authority authority, String name, String tokensOf, String blobsOf) {
        return keep(TlsRegistry.start(authority, host(name), images, tokensOf, blobsOf));
    }

    ConnectProxy proxy(Authority authority, String name) {
        return keep(ConnectProxy.start(authority, host(name)));
    }

    /**
     * The node of this build, as it was made: nothing runs on it, containerd has no configuration, and its distribution ships
     * {@link #distribution} alone.
     */
    synchronized Node node(ContainerdBuild build) {
        build.require();
        return nodes.computeIfAbsent(build, this::make).fresh();
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
    public synchronized void close() throws IOException {
        IOException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
