package dev.capstan.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The containerds that tests can run: the installed one, and those that {@code end-to-end/lab/containerd} unpacks. */
enum RealContainerd {
    INSTALLED(Path.of("/usr/bin/containerd"), "apt-get install containerd"),
    TRIXIE(unpacked("trixie"), "end-to-end/lab/containerd trixie"),
    SID(unpacked("sid"), "end-to-end/lab/containerd sid");

    private final Path path;
    private final String remedy;

    RealContainerd(Path path, String remedy) {
        this.path = path;
        this.remedy = remedy;
    }

    /** The program; a test that asks for one that is not there is skipped and says what to run. */
    Path program() {
        assumeTrue(Files.isExecutable(path), "no " + path + ": run " + remedy);
        return path;
    }

    private static Path unpacked(String suite) {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        return Path.of(cache, "capstan", "containerd", suite, "usr/bin/containerd");
    }
}
