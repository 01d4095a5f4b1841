package dev.capstan.runtime.prepare;

import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file as it is or shall be.
 *
 * @param content its bytes
 * @param mode its permission bits, the lower 12 of {@code st_mode}
 * @param owner user id
 * @param group group id
 * @param modified when its content was last changed; empty for a file that is yet to be written
 */
record FileImage(byte[] content, int mode, int owner, int group, Optional<FileTime> modified) {

    /** A new file of root's that everybody may read. */
    static FileImage ours(byte[] content) {
        return new FileImage(content, 0644, 0, 0, Optional.empty());
    }

    /** The same file with another content. */
    FileImage holding(byte[] other) {
        return new FileImage(other, mode, owner, group, Optional.empty());
    }

    boolean holdsWhat(FileImage other) {
        return Arrays.equals(content, other.content);
    }
}
