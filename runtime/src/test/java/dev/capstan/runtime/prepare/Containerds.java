package dev.capstan.runtime.prepare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The containerds that are to be had on this machine: that of its distribution, and those that end-to-end/lab/containerd
 * unpacks.
 */
enum Containerds {
    /** 1.6, Debian 12. */
    V1_6(Path.of("/usr/bin/containerd")),
    /** 1.7, Debian 13. */
    V1_7(unpacked("trixie")),
    /** 2.1 or newer, Debian sid. */
    V2(unpacked("sid"));

    private final Path program;

    Containerds(Path program) {
        this.program = program;
    }

    /** The program; empty where it is not here. */
    Optional<String> program() {
        return Files.isExecutable(program) ? Optional.of(program.toString()) : Optional.empty();
    }

    static List<Containerds> all() {
        return List.of(values());
    }

    private static Path unpacked(String suite) {
        return Path.of(System.getProperty("user.home"), ".cache/capstan/containerd", suite, "usr/bin/containerd");
    }
}
