package dev.capstan.endtoend.lanes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of the ages of containerd that the lanes must hold on, as Debian ships it. */
enum ContainerdBuild {
    /** bookworm's, installed: 1.6. */
    BOOKWORM,
    /** trixie's, unpacked by lab/containerd: 1.7. */
    TRIXIE,
    /** sid's, unpacked by lab/containerd: 2.1 when these tests were written. */
    SID;

    private static final Pattern VERSION = Pattern.compile(" v?(\\d+)\\.(\\d+)\\.(\\d+)");

    /** Where lab/containerd put it; empty for the installed one. */
    String folder() {
        return this == BOOKWORM ? "" : folderInCache().toString();
    }

    /** Skips the test, and says why, where this build or what every node needs is missing. */
    void require() {
        Requirements.machines();
        if (this != BOOKWORM) {
            assumeTrue(
                    Files.isExecutable(folderInCache().resolve("usr/bin/containerd")),
                    "missing: " + folderInCache() + " (end-to-end/lab/containerd "
                            + name().toLowerCase(java.util.Locale.ROOT) + " makes it, in seconds)");
        }
        String expected = this == BOOKWORM ? "1.6" : this == TRIXIE ? "1.7" : "2.1";
        assumeTrue(
                version().startsWith(expected + "."),
                "the tables hold for containerd " + expected + "; Debian's " + this + " now has " + version()
                        + ": measure it and write its column");
    }

    /** What it says of itself, such as 2.1.9. */
    String version() {
        String program = this == BOOKWORM ? "containerd" : folder() + "/usr/bin/containerd";
        String printed = Program.clean().run(program, "--version").orFail().text();
        Matcher matcher = VERSION.matcher(printed);
        if (!matcher.find()) {
            throw new AssertionError("containerd says no version: " + printed);
        }
        return matcher.group().strip().replaceFirst("^v", "");
    }

    /** Its configuration: the version of the file it writes itself, and the table that holds the registry's. */
    int configurationVersion() {
        return this == SID ? 3 : 2;
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    private Path folderInCache() {
        return Requirements.cache().resolve("containerd").resolve(toString());
    }
}
