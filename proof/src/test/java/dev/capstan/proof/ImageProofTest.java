package dev.capstan.proof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The contract of image proofs on the installed containerd, and on newer ones where end-to-end/lab/containerd has unpacked them. */
class ImageProofTest {

    private static Path unpacked(String suite) {
        var cache = System.getenv("XDG_CACHE_HOME");
        var folder = (cache == null || cache.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(cache))
                .resolve("capstan/containerd")
                .resolve(suite)
                .resolve("usr/bin");
        assumeTrue(
                Files.isExecutable(folder.resolve("containerd")),
                "missing: " + folder + "/containerd (end-to-end/lab/containerd " + suite + " unpacks it)");
        return folder;
    }

    @Nested
    class Installed extends ImageProofContract {

        @Override
        Path programs() {
            return Chains.program("containerd").getParent();
        }

        @Override
        String version() {
            return "";
        }
    }

    @Nested
    class Trixie extends ImageProofContract {

        @Override
        Path programs() {
            return unpacked("trixie");
        }

        @Override
        String version() {
            return "1.7.";
        }
    }

    @Nested
    class Sid extends ImageProofContract {

        @Override
        Path programs() {
            return unpacked("sid");
        }

        @Override
        String version() {
            return "2.";
        }
    }
}
