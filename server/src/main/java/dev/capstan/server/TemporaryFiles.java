package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The home's folder {@code tmp}. SQLite's Java library unpacks its native part into a temporary file and removes it at the
 * end, which a kill leaves out: here the next start finds and removes what is left.
 */
final class TemporaryFiles {

    private static final String FOLDER = "tmp";

    private TemporaryFiles() {}

    /** Empties the folder and has the library use it; to be called before the first database is opened. */
    static void open(HomeFolder home) throws IOException {
        var folder = home.makeFolder(FOLDER);
        List<Path> left;
        try (Stream<Path> files = Files.list(folder)) {
            left = files.filter(Files::isRegularFile).toList();
        }
        for (var file : left) {
            Files.deleteIfExists(file);
        }
        System.setProperty("org.sqlite.tmpdir", folder.toString());
    }
}
