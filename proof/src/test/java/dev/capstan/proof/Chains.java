package dev.capstan.proof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The keys and chains of {@code chains.sh}, made once for all tests of this process by openssl. */
final class Chains {

    private static final Path FOLDER = make();

    private Chains() {}

    /** What a server sends. */
    static Path sent(String name) {
        return FOLDER.resolve(name + ".pem");
    }

    static Path key(String name) {
        return FOLDER.resolve(name + ".key");
    }

    /** What the node's store holds. */
    static Path roots(String name) {
        return FOLDER.resolve(name + ".roots");
    }

    static Anchors anchors(String name) {
        try {
            return Anchors.read(List.of(roots(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One certificate alone. */
    static Path certificate(String name) {
        return FOLDER.resolve(name + ".crt");
    }

    /** Key and chain for Java, password {@code changeit}. */
    static Path keystore(String name) {
        return FOLDER.resolve(name + ".p12");
    }

    /** Where a program lies; skips the test, aloud, where it is missing. */
    static Path program(String name) {
        Path found = Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "missing program: " + name + " (script/bootstrap installs it)");
        return found;
    }

    private static Path make() {
        program("openssl");
        program("faketime");
        try {
            Path folder = Files.createTempDirectory("capstan-chains");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            Path script = folder.resolve("chains.sh");
            try (var text = Chains.class.getResourceAsStream("chains.sh")) {
                Files.copy(text, script);
            }
            Process process = new ProcessBuilder("bash", script.toString(), folder.toString())
                    .inheritIO()
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("chains.sh failed: " + Files.readString(folder.resolve("log")));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException left) {
            System.err.println(folder + " is left behind: " + left);
        }
    }
}
