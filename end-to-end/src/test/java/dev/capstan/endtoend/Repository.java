package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Where things lie in the checkout that is tested. */
public final class Repository {

    public static final Path ROOT = real(Path.of(System.getProperty("capstan.repository", "..")));

    /** The built product: {@code bin/capstan} and a class path for each main. */
    public static final Path DISTRIBUTION = ROOT.resolve("launcher/target/capstan");

    private Repository() {}

    public static Path lab(String name) {
        return ROOT.resolve("end-to-end/lab").resolve(name);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
