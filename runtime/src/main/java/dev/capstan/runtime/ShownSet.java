package dev.capstan.runtime;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Our set as the runtime is shown it: one file in the {@code _default} directory of the last root of {@code config_path},
 * read at every pull. The empty set is no file: an empty file would fail every pull.
 *
 * <p>Where it was ever shown it is kept current for as long as it is there, also when the configuration names another root by
 * now: a process that runs with the old one still reads it. Those places are recorded before the first file is written.
 */
final class ShownSet {

    private final Path root;

    ShownSet(Path root) {
        this.root = root;
    }

    /**
     * Shows exactly this set; false, and nothing written, if it is shown already.
     *
     * @param directory the {@code _default} directory to show it in; empty to keep current only what is there
     */
    boolean show(CertificateSet set, Optional<String> directory) throws IOException {
        SortedSet<String> places = places();
        boolean written = false;
        if (directory.isPresent() && places.add(directory.get()) && !set.isEmpty()) {
            Path record = RuntimeLayout.forWriting(root, RuntimeLayout.SHOWN_IN);
            Files.createDirectories(record.resolveSibling(""));
            String lines = String.join("\n", places) + "\n";
            Replacement.write(record, lines.getBytes(StandardCharsets.UTF_8));
        }
        for (String place : places) {
            String file = place + "/" + RuntimeLayout.OUR_FILE;
            boolean wanted = directory.isPresent() && place.equals(directory.get());
            if (wanted || Files.exists(RuntimeLayout.in(root, file), LinkOption.NOFOLLOW_LINKS)) {
                written |= write(set, RuntimeLayout.forWriting(root, file));
            }
        }
        return written;
    }

    private static boolean write(CertificateSet set, Path file) throws IOException {
        if (set.isEmpty()) {
            return Replacement.remove(file);
        }
        byte[] content = set.pem().getBytes(StandardCharsets.US_ASCII);
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return false;
        }
        Files.createDirectories(file.resolveSibling(""));
        Replacement.write(file, content);
        return true;
    }

    /** The set a pull reads now from this {@code _default} directory. */
    CertificateSet read(String directory) throws IOException {
        String file = directory + "/" + RuntimeLayout.OUR_FILE;
        byte[] content;
        try {
            content = Files.readAllBytes(RuntimeLayout.in(root, file));
        } catch (NoSuchFileException nothingShown) {
            return CertificateSet.empty();
        }
        return new CertificateReader(InstantSource.system())
                .readPem(content, Place.of(file))
                .set();
    }

    private SortedSet<String> places() throws IOException {
        SortedSet<String> places = new TreeSet<>(Set.of(RuntimeLayout.DEFAULT_DIRECTORY));
        try {
            places.addAll(Files.readAllLines(RuntimeLayout.in(root, RuntimeLayout.SHOWN_IN), StandardCharsets.UTF_8));
        } catch (NoSuchFileException onlyTheUsual) {
            return places;
        }
        return places;
    }
}
