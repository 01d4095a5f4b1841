package dev.capstan.cli.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file as it shall be, or as it was found.
 *
 * @param content absent for one that is not there
 * @param mode as {@link PosixFilePermissions} writes it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by isThere, never by equals
record NodeFile(Path place, byte @Nullable [] content, String mode) {

    /** The file as it is now. */
    static NodeFile found(Path place) throws IOException {
        try {
            return new NodeFile(
                    place,
                    Files.readAllBytes(place),
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(place)));
        } catch (NoSuchFileException none) {
            return new NodeFile(place, null, "");
        }
    }

    /** Whether the place is like this already. */
    boolean isThere() throws IOException {
        var now = found(place);
        return Arrays.equals(now.content, content) && now.mode.equals(mode);
    }

    /** Makes the place so; its folder has to be there. */
    void put() throws IOException {
        if (content == null) {
            Files.deleteIfExists(place);
        } else {
            PrivateFile.replace(place, content, mode);
        }
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
