package dev.capstan.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lane Isolated on a machine that Capstan makes. containerd is started with {@code SSL_CERT_FILE} = the machine's own roots,
 * kept without our set ever after, and {@code SSL_CERT_DIR} = an empty folder, so what it caches never holds a certificate of
 * ours; our set alone lies in {@code certs.d/_default}, which it reads at every pull. Adding and removing therefore count
 * at the next pull, in the same process. Both variables are needed: with one of them Go still reads
 * {@code /etc/ssl/certs} (measured on containerd 1.6.20, 1.7.24 and 2.1.9).
 */
public final class IsolatedLane {

    /** What containerd must be started with in this lane. */
    public static final Map<String, String> ENVIRONMENT = Map.of(
            "SSL_CERT_FILE", RuntimeLayout.DISTRIBUTION_ROOTS,
            "SSL_CERT_DIR", RuntimeLayout.NO_CERTIFICATES);

    private static final Duration ASKING = Duration.ofSeconds(20);

    private IsolatedLane() {}

    /**
     * Prepares a machine's root at its birth, before anything of ours is written to its trust store and before its runtime
     * starts: the copy of its roots, the empty folder, containerd's configuration, no host directory. The environment file
     * is written last and says that all is done; a root that has it is left as it is.
     *
     * @throws ContainerRuntimeException if containerd is not installed in the root or something cannot be written
     */
    public static Prepared prepare(Path root) throws ContainerRuntimeException {
        String version = installedVersion(root);
        try {
            Path environmentFile = RuntimeLayout.forWriting(root, RuntimeLayout.ENVIRONMENT);
            if (!Files.exists(environmentFile)) {
                refuseOurs(root);
                removeTree(RuntimeLayout.forWriting(root, RuntimeLayout.HOST_DIRECTORIES));
                Files.createDirectories(RuntimeLayout.forWriting(root, RuntimeLayout.DEFAULT_DIRECTORY));
                Files.createDirectories(RuntimeLayout.forWriting(root, RuntimeLayout.NO_CERTIFICATES));
                Replacement.write(
                        RuntimeLayout.forWriting(root, RuntimeLayout.DISTRIBUTION_ROOTS),
                        Files.readAllBytes(RuntimeLayout.in(root, RuntimeLayout.SYSTEM_BUNDLE)));
                Replacement.write(
                        RuntimeLayout.forWriting(root, RuntimeLayout.CONFIGURATION),
                        ContainerdConfiguration.forMachine(version).getBytes(StandardCharsets.UTF_8));
                Files.createDirectories(environmentFile.resolveSibling(""));
                StringBuilder lines = new StringBuilder();
                new TreeMap<>(ENVIRONMENT)
                        .forEach((name, value) ->
                                lines.append(name).append('=').append(value).append('\n'));
                Replacement.write(environmentFile, lines.toString().getBytes(StandardCharsets.UTF_8));
            }
            return new Prepared(ENVIRONMENT, environmentFile, version);
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "lane Isolated could not be prepared in " + root + ": " + e
                            + ". Nothing runs there yet; make the machine anew.",
                    e);
        }
    }

    /** A copy of the roots that holds a certificate of ours would keep containerd trusting it after its removal. */
    private static void refuseOurs(Path root) throws IOException {
        Path anchors = RuntimeLayout.in(root, RuntimeLayout.ANCHORS);
        if (!Files.isDirectory(anchors)) {
            return;
        }
        try (DirectoryStream<Path> ours = Files.newDirectoryStream(anchors, RuntimeLayout.OUR_ANCHORS)) {
            for (Path anchor : ours) {
                throw new IOException("the trust store already holds " + anchor.getFileName()
                        + ", which Capstan wrote; the machine's own roots can no longer be told from it");
            }
        }
    }

    private static String installedVersion(Path root) throws ContainerRuntimeException {
        for (String program : new String[] {"usr/bin/containerd", "usr/local/bin/containerd"}) {
            if (!Files.isExecutable(root.resolve(program))) {
                continue;
            }
            String printed;
            try {
                printed = new NodePrograms(root)
                        .run(ASKING, List.of("/" + program, "--version"))
                        .output();
            } catch (IOException e) {
                throw new ContainerRuntimeException(
                        "/" + program + " in " + root + " cannot be run: " + e.getMessage(), e);
            }
            return Containerd.version(printed)
                    .orElseThrow(() -> new ContainerRuntimeException(
                            "/" + program + " in " + root + " does not say its version, it says: " + printed.strip()));
        }
        throw new ContainerRuntimeException("no containerd in " + root
                + " (looked in /usr/bin and /usr/local/bin): install it (Debian: apt-get install containerd)");
    }

    /** Removes a folder and what is in it, following no link; a foreign computer's host directories are not the machine's. */
    private static void removeTree(Path folder) throws IOException {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
                        throws IOException {
                    if (failed != null) {
                        throw failed;
                    }
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException nothingThere) {
            return;
        }
    }
}
