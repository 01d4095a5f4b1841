package dev.capstan.server.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * CAPSTAN_HOME, known to be safe: a folder of mode 0700 that belongs to whoever runs this process. Names of files are
 * relative to it.
 *
 * @param path the folder, absolute and without symbolic links
 */
public record HomeFolder(Path path) {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    /** {@code $CAPSTAN_HOME}, else {@code $XDG_STATE_HOME/capstan}, else {@code ~/.local/state/capstan}. */
    public static Path locate(Map<String, String> environment) {
        var given = environment.getOrDefault("CAPSTAN_HOME", "");
        if (!given.isEmpty()) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        // The XDG base directory specification has relative paths ignored.
        var state = environment.getOrDefault("XDG_STATE_HOME", "");
        if (state.startsWith("/")) {
            return Path.of(state, "capstan").normalize();
        }
        var user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return Path.of(user, ".local", "state", "capstan").toAbsolutePath();
    }

    /**
     * Makes the folder if it is not there, and makes sure that nobody else can write to it.
     *
     * @throws StartException if it belongs to somebody else, others can write to it, or it holds other things
     */
    public static HomeFolder open(Path wanted) throws IOException, StartException {
        try {
            Files.createDirectories(wanted.getParent());
            Files.createDirectories(wanted, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (NotDirectoryException | FileAlreadyExistsException e) {
            throw new StartException(
                    wanted + " is not a folder.",
                    "Set CAPSTAN_HOME to a folder, or to a path where nothing is yet.",
                    e);
        }
        var folder = wanted.toRealPath();
        checkOwner(folder);
        checkContent(folder);
        Files.setPosixFilePermissions(folder, OWNER_ONLY);
        return new HomeFolder(folder);
    }

    /** The file of that name. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Makes the folder of that name, mode 0700, if it is not there. */
    public Path makeFolder(String name) throws IOException {
        return Files.createDirectories(path.resolve(name), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }

    /**
     * Reads the text file of that name.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    public String read(String name) throws IOException {
        return Files.readString(path.resolve(name));
    }

    /** Replaces the file of that name, mode 0644; it is on the disk when this returns. */
    public void write(String name, String text) throws IOException {
        replace(name, text, READABLE);
    }

    /** Replaces the file of that name, mode 0600 from the first byte on; it is on the disk when this returns. */
    public void writeSecret(String name, String text) throws IOException {
        replace(name, text, SECRET);
    }

    private void replace(String name, String text, Set<PosixFilePermission> mode) throws IOException {
        var file = path.resolve(name);
        var fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        FileAttribute<Set<PosixFilePermission>> asCreated = PosixFilePermissions.asFileAttribute(mode);
        try (var channel =
                FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), asCreated)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var folder = FileChannel.open(file.getParent())) {
            folder.force(true);
        }
    }

    private static void checkOwner(Path folder) throws IOException, StartException {
        var attributes = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        var owner = (Integer) Files.getAttribute(folder, "unix:uid");
        var self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(self)) {
            throw new StartException(
                    folder + " belongs to " + attributes.owner().getName() + ", not to you.",
                    "Run as that user, or set CAPSTAN_HOME to a folder of your own.");
        }
        var permissions = attributes.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new StartException(
                    folder + " can be written by others (mode " + PosixFilePermissions.toString(permissions)
                            + "), who could have put anything there.",
                    "Look at what is in it; if it is yours: chmod 700 " + folder);
        }
    }

    /**
     * A folder full of other things was surely named by mistake; its mode must not be changed. The lock's file, made
     * before anything else, tells a home from those.
     */
    private static void checkContent(Path folder) throws IOException, StartException {
        var mark = folder.resolve(HomeLock.FILE);
        if (Files.exists(mark)) {
            return;
        }
        try (var content = Files.list(folder)) {
            var isOurs = Files.exists(folder.resolve(Settings.FILE));
            if (!isOurs
                    && content.anyMatch(file -> !file.getFileName().toString().startsWith("."))) {
                throw new StartException(
                        folder + " holds other things than Capstan's.",
                        "Set CAPSTAN_HOME to an empty folder, or to a path where nothing is yet.");
            }
        }
        try {
            Files.createFile(mark, PosixFilePermissions.asFileAttribute(SECRET));
        } catch (FileAlreadyExistsException e) {
            // Another start of the same home was faster by a moment; the lock itself decides between the two.
            return;
        }
    }
}
