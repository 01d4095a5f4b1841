package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was made of files when they were last read. A file that is still the same, by device, inode, size and both times
 * of change, is not read again: about 150 files on a plain Debian. One that was changed less than 100 ms before it was
 * read is, since file systems take their times from the kernel's tick, of at most 10 ms, and it may change once more
 * within that.
 *
 * @param <T> what is made of a file
 */
final class FileCache<T> {

    private static final long COARSE_MILLIS = 100;
    private static final String STAMP = "unix:dev,ino,size,lastModifiedTime,ctime,isRegularFile";

    private record Entry<T>(Map<String, Object> stamp, T content) {}

    private final Function<byte[], T> parser;
    private final Map<Path, Entry<T>> entries = new HashMap<>();

    FileCache(Function<byte[], T> parser) {
        this.parser = parser;
    }

    /** What is in the regular file at this place; empty where there is none. No link is followed. */
    synchronized Optional<T> read(Path file) throws IOException {
        Map<String, Object> stamp;
        try {
            stamp = Files.readAttributes(file, STAMP, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException none) {
            entries.remove(file);
            return Optional.empty();
        }
        if (!Boolean.TRUE.equals(stamp.get("isRegularFile"))) {
            entries.remove(file);
            return Optional.empty();
        }
        Entry<T> known = entries.get(file);
        if (known != null && known.stamp().equals(stamp)) {
            return Optional.of(known.content());
        }
        entries.remove(file);
        Optional<byte[]> bytes = RegularFile.readIfThere(file);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        T content = parser.apply(bytes.get());
        if (isSettled(stamp)) {
            entries.put(file, new Entry<>(stamp, content));
        }
        return Optional.of(content);
    }

    private static boolean isSettled(Map<String, Object> stamp) {
        return stamp.get("ctime") instanceof FileTime changed
                && System.currentTimeMillis() - changed.toMillis() > COARSE_MILLIS;
    }
}
