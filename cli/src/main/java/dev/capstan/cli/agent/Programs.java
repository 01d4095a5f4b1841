package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The program on the node: a folder for each version in {@code /usr/lib/capstan}, and the link {@code bin} that leads into the
 * one in use. A version is copied beside its place and takes it by a rename, so that a folder that is there is whole; the link
 * is replaced by a rename too. The version before is kept.
 *
 * <p>What belongs to the control plane is left out, and so are start-up caches of another Java than the small one that is
 * brought. Files keep their times: a cache is only used beside jars of the time it was made with.
 */
final class Programs {

    private static final List<String> PARTS = List.of("bin", "lib/agent", "lib/proof", "lib/cli", "lib/java");
    private static final String UNFINISHED = ".new-";

    private final Layout layout;
    private final Path distribution;

    /** The program whose distribution lies there, on the node of this layout. */
    Programs(Layout layout, Path distribution) {
        this.layout = layout;
        this.distribution = distribution;
    }

    /** The distribution that the launcher started this process from. */
    static Path running() {
        return Path.of(System.getProperty("capstan.distribution", "launcher/target/capstan"));
    }

    /** What is wrong with installing it, in words. */
    List<String> problems() {
        List<String> wrong = new ArrayList<>();
        for (var part : PARTS) {
            if (!Files.isDirectory(distribution.resolve(part))) {
                wrong.add("the distribution " + distribution + " has no " + part
                        + ": unpack a whole one and run its bin/capstan");
            }
        }
        if (Files.exists(layout.bin(), LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(layout.bin())) {
            wrong.add(layout.bin() + " is there and is not from 'capstan agent install': take it away first");
        }
        return wrong;
    }

    /** The name of the folder of this version: the version and what it was built of. */
    String name() {
        return version() + "-" + key();
    }

    /** The folder in use; nothing where there is none. */
    Optional<Path> inUse() {
        try {
            return Files.isSymbolicLink(layout.bin())
                    ? Optional.ofNullable(Files.readSymbolicLink(layout.bin()).getParent())
                            .map(layout.programs()::resolve)
                            .filter(Files::isDirectory)
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Whether this version is there, whole. */
    boolean isThere() {
        return Files.isDirectory(layout.programs().resolve(name()));
    }

    /** Every version that is there, whole. */
    List<Path> all() {
        if (!Files.isDirectory(layout.programs())) {
            return List.of();
        }
        List<Path> versions = new ArrayList<>();
        try (var all = Files.newDirectoryStream(layout.programs())) {
            for (var one : all) {
                if (Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)
                        && !String.valueOf(one.getFileName()).startsWith(UNFINISHED)) {
                    versions.add(one);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return versions;
    }

    /** When a version came to its place. */
    static FileTime installed(Path version) {
        try {
            return Files.getLastModifiedTime(version);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    /** Copies this version to its place, where it is not yet. */
    void bring() throws IOException {
        clear(UNFINISHED);
        if (isThere()) {
            return;
        }
        var beside = layout.programs().resolve(UNFINISHED + name());
        Files.createDirectories(beside);
        Map<Object, Path> linked = new HashMap<>();
        for (var part : PARTS) {
            copy(distribution.resolve(part), beside.resolve(part), linked);
        }
        Files.copy(distribution.resolve("key"), beside.resolve("key"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(beside, layout.programs().resolve(name()), StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.sync(layout.programs());
    }

    /** Has the link lead into this folder; the empty path takes it away. */
    void use(@Nullable Path version) throws IOException {
        if (version == null) {
            Files.deleteIfExists(layout.bin());
        } else {
            link(layout.bin(), Path.of(version.getFileName() + "/bin"));
        }
        PrivateFile.sync(layout.programs());
    }

    /** Puts the program where people find it, unless something else is there. */
    void offer() throws IOException {
        var folder = layout.command().getParent();
        if (folder != null && Files.isDirectory(folder) && !Files.exists(layout.command(), LinkOption.NOFOLLOW_LINKS)) {
            link(layout.command(), Path.of(Layout.PROGRAM));
        }
    }

    /** Takes away every version but these. */
    void keep(List<Path> versions) throws IOException {
        if (!Files.isDirectory(layout.programs())) {
            return;
        }
        try (var all = Files.newDirectoryStream(layout.programs())) {
            for (var one : all) {
                if (!one.equals(layout.bin()) && !versions.contains(one)) {
                    delete(one);
                }
            }
        }
    }

    /** Takes it all away, the running program too: nothing that was not loaded can be used afterwards. */
    void remove() throws IOException {
        if (Files.isSymbolicLink(layout.command())
                && Files.readSymbolicLink(layout.command()).equals(Path.of(Layout.PROGRAM))) {
            Files.delete(layout.command());
        }
        if (Files.isSymbolicLink(layout.bin())) {
            // Last, so that a removal that is killed can be run again.
            var versions = inUse().map(List::of).orElse(List.of());
            keep(versions);
            for (var version : versions) {
                delete(version);
            }
            Files.deleteIfExists(layout.bin());
            Files.deleteIfExists(layout.programs());
        }
    }

    private void clear(String prefix) throws IOException {
        if (Files.isDirectory(layout.programs())) {
            try (var left = Files.newDirectoryStream(layout.programs(), prefix + "*")) {
                for (var one : left) {
                    delete(one);
                }
            }
        }
    }

    private static void link(Path place, Path target) throws IOException {
        var beside = place.resolveSibling(UNFINISHED + place.getFileName());
        Files.deleteIfExists(beside);
        Files.createSymbolicLink(beside, target);
        Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(Path from, Path to, Map<Object, Path> linked) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var target = to.resolve(from.relativize(file).toString());
                var name = String.valueOf(file.getFileName());
                if (name.endsWith(".aot")) {
                    return FileVisitResult.CONTINUE;
                }
                var same = attributes.fileKey() == null ? null : linked.putIfAbsent(attributes.fileKey(), target);
                if (same != null) {
                    Files.createLink(target, same);
                    return FileVisitResult.CONTINUE;
                }
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isRegularFile()) {
                    try (var written = FileChannel.open(target, StandardOpenOption.READ)) {
                        written.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes a file, a link or a whole folder. */
    static void delete(Path what) throws IOException {
        if (!Files.exists(what, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(what, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private String key() {
        try {
            return Files.readString(distribution.resolve("key")).strip();
        } catch (IOException missing) {
            throw Problem.failed(
                    distribution + " is no distribution of Capstan: " + missing + ".",
                    "Unpack one and run its bin/capstan.",
                    missing);
        }
    }

    private static String version() {
        try (var text = Programs.class.getResourceAsStream("/dev/capstan/cli/version.txt")) {
            return text == null ? "unknown" : new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
