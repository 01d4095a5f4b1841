package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things of the container runtime lie inside a node's root, and how a path in there is reached safely. */
public final class RuntimeLayout {

    /** containerd's main configuration file, unless it was started with another. */
    public static final String CONFIGURATION = "/etc/containerd/config.toml";

    /** The socket that serves CRI, unless containerd was told another. */
    public static final String CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

    /** The one root of registry host directories (containerd: {@code config_path}). */
    public static final String HOST_DIRECTORIES = "/etc/containerd/certs.d";

    /** The host directory that containerd reads for every registry without one of its own. */
    public static final String DEFAULT_DIRECTORY = HOST_DIRECTORIES + "/_default";

    /** The name of what is ours in a host directory. */
    public static final String OUR_FILE = "capstan.crt";

    /** Our set alone; absent when it is empty, since an empty file fails every pull (measured on 1.6 to 2.1). */
    public static final String SHOWN_SET = DEFAULT_DIRECTORY + "/" + OUR_FILE;

    /** The bundle every other TLS client of the node reads. */
    public static final String SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

    /** Where the trust store keeps anchors of the machine's administrator, ours among them. */
    public static final String ANCHORS = "/usr/local/share/ca-certificates";

    /** The names of ours among them. */
    public static final String OUR_ANCHORS = "capstan-*.crt";

    /** The trust store without our set; containerd's {@code SSL_CERT_FILE} in lane Isolated. */
    public static final String DISTRIBUTION_ROOTS = "/var/lib/capstan/runtime/distribution-roots.pem";

    /** What came to those roots and left them, see {@link TrustRecord}. */
    public static final String ROOTS_RECORD = "/var/lib/capstan/runtime/distribution-roots.record";

    /** What of ours came to the trust store and left it, see {@link TrustRecord}. */
    public static final String STORE_RECORD = "/var/lib/capstan/runtime/trust-store.record";

    /** See {@link ConfigurationRecord}. */
    public static final String CONFIGURATION_RECORD = "/var/lib/capstan/runtime/configuration.record";

    /** The {@code _default} directories in which the set was ever shown, one a line, beside the usual one. */
    public static final String SHOWN_IN = "/var/lib/capstan/runtime/shown-in";

    /** See {@link RuntimeLock}. */
    public static final String RUNTIME_LOCK = "/run/capstan/runtime.lock";

    /** An empty folder; containerd's {@code SSL_CERT_DIR} in lane Isolated. */
    public static final String NO_CERTIFICATES = "/var/lib/capstan/runtime/no-certificates";

    /** {@code NAME=value} lines for whoever starts containerd. */
    public static final String ENVIRONMENT = "/etc/capstan/containerd.env";

    private RuntimeLayout() {}

    /** Where an absolute path of the root lies, for reading. */
    public static Path in(Path root, String path) {
        return root.resolve(path.substring(1));
    }

    /**
     * Where an absolute path of the root lies, for writing: none of its folders below the root may be a symbolic link,
     * which could lead a writer out of the root.
     *
     * @throws IOException if one is
     */
    public static Path forWriting(Path root, String path) throws IOException {
        Path at = root;
        for (Path name : Path.of(path.substring(1))) {
            at = at.resolve(name);
            if (Files.isSymbolicLink(at)) {
                throw new IOException(at + " is a symbolic link; Capstan writes through none");
            }
        }
        return at;
    }
}
