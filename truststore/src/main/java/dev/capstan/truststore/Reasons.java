package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Says in words why an operation on a file failed; the JDK's own messages often are the path alone. */
final class Reasons {

    private Reasons() {}

    static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileSystemLoopException loop -> loop.getFile() + ": its symbolic links lead in a circle";
            // A rename: what it was to replace says more than where the new file was made.
            case FileSystemException rename
            when rename.getReason() != null && rename.getOtherFile() != null ->
                rename.getOtherFile() + ": " + rename.getReason();
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
