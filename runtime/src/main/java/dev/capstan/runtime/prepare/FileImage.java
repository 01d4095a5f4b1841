package dev.capstan.runtime.prepare;

import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;

/** A file as it is or shall be: content, owner, mode and time. */
final class FileImage {

    private final byte[] content;
    private final int mode;
    private final int owner;
    private final int group;
    private final Optional<FileTime> modified;

    /**
     * A file.
     *
     * @param content its bytes, which nobody changes from then on
     * @param mode its permission bits, the lower 12 of {@code st_mode}
     * @param owner user id
     * @param group group id
     * @param modified when its content was last changed; empty for a file that is yet to be written
     */
    FileImage(byte[] content, int mode, int owner, int group, Optional<FileTime> modified) {
        this.content = content;
        this.mode = mode;
        this.owner = owner;
        this.group = group;
        this.modified = modified;
    }

    /** A new file of root's that everybody may read. */
    static FileImage ours(byte[] content) {
        return new FileImage(content, 0644, 0, 0, Optional.empty());
    }

    byte[] content() {
        return content;
    }

    int mode() {
        return mode;
    }

    int owner() {
        return owner;
    }

    int group() {
        return group;
    }

    Optional<FileTime> modified() {
        return modified;
    }

    /** The same file with another content. */
    FileImage holding(byte[] other) {
        return new FileImage(other, mode, owner, group, Optional.empty());
    }

    boolean holdsWhat(FileImage other) {
        return Arrays.equals(content, other.content);
    }

    /** Whether another is the same in everything. */
    boolean isWholly(FileImage other) {
        return holdsWhat(other)
                && mode == other.mode
                && owner == other.owner
                && group == other.group
                && modified.equals(other.modified);
    }
}
