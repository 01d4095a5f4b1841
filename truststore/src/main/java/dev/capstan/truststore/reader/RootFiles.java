package dev.capstan.truststore.reader;

import dev.capstan.truststore.RegularFile;
import dev.capstan.truststore.RootPath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of a root, reached as a process that has the root as its {@code /} reaches them. */
record RootFiles(Path root) {

    /** Where this path of the root really lies, as seen from inside, all links followed. */
    String real(String inside) throws IOException {
        Path found = RootPath.resolve(root, Path.of(inside));
        return "/" + root.relativize(found);
    }

    boolean exists(String inside) throws IOException {
        return Files.exists(RootPath.resolve(root, Path.of(inside)));
    }

    boolean isFolder(String inside) throws IOException {
        return Files.isDirectory(RootPath.resolve(root, Path.of(inside)));
    }

    /**
     * The bytes of the file behind this path, links followed.
     *
     * @throws NoSuchFileException if it is not there, or a link on the way leads nowhere
     * @throws IOException if it is there and cannot be read
     */
    byte[] read(String inside) throws IOException {
        return RegularFile.read(RootPath.resolve(root, Path.of(inside)));
    }

    /** What the link of this name in a folder says; empty if it is no link. */
    Optional<Path> link(String folder, String name) throws IOException {
        Path entry = RootPath.resolve(root, Path.of(folder)).resolve(name);
        return Files.isSymbolicLink(entry) ? Optional.of(Files.readSymbolicLink(entry)) : Optional.empty();
    }

    /** The names in a folder, sorted by their bytes as clients in C and Go sort them; none if it is no folder. */
    List<String> names(String inside) throws IOException {
        Path folder = RootPath.resolve(root, Path.of(inside));
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(entry -> names.add(entry.getFileName().toString()));
            } catch (DirectoryIteratorException failed) {
                throw failed.getCause();
            }
        }
        names.sort(null);
        return names;
    }

    /** Whether users other than the owner may read this file. */
    boolean isReadableByAll(String inside) throws IOException {
        return Files.getPosixFilePermissions(RootPath.resolve(root, Path.of(inside)))
                .contains(PosixFilePermission.OTHERS_READ);
    }

    /** Why a file could not be read, in words without its path. */
    static String why(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "it is not there";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemLoopException circle -> "its links lead in a circle";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
