package dev.capstan.server;

import dev.capstan.providerlocal.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the built product lies that this process was started from, for machines to see. */
final class Distributions {

    private Distributions() {}

    /**
     * The distribution that the launcher names in the system property {@code capstan.distribution}, with the small Java
     * in it, or this process's own where there is none. Without the property it is one that is not there, of which the
     * provider says what to do.
     */
    static Distribution ofProcess() {
        var folder = Path.of(System.getProperty("capstan.distribution", "launcher/target/capstan"));
        var java = folder.resolve("lib/java");
        return new Distribution(
                folder, Files.isExecutable(java.resolve("bin/java")) ? java : Path.of(System.getProperty("java.home")));
    }
}
