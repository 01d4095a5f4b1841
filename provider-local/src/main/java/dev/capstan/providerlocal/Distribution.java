package dev.capstan.providerlocal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The built product, shown read-only to every machine: its {@code bin} and {@code lib} at {@code /usr/lib/capstan/bin}
 * and {@code /usr/lib/capstan/lib}, the Java runtime at {@code /usr/lib/capstan/java}.
 *
 * @param folder holds {@code bin/} and {@code lib/agent/*.jar}
 * @param java a Java 25 runtime: the folder that holds {@code bin/java}
 */
public record Distribution(Path folder, Path java) {

    public Distribution {
        folder = folder.toAbsolutePath().normalize();
        java = java.toAbsolutePath().normalize();
    }

    /** What is missing, in words; empty if the distribution is whole. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        for (Path part : List.of(folder.resolve("bin"), folder.resolve("lib/agent"))) {
            if (!Files.isDirectory(part)) {
                problems.add("the distribution has no folder " + part + ": build it with script/build");
            }
        }
        if (!Files.isExecutable(java.resolve("bin/java"))) {
            problems.add("there is no Java runtime at " + java + " (bin/java is missing): install a JDK 25");
        }
        return problems;
    }
}
