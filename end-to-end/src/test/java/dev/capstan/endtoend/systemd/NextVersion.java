package dev.capstan.endtoend.systemd;

import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** The distribution that is tested, as another version: the same code, which gives itself that version. */
final class NextVersion {

    private NextVersion() {}

    /** Makes it in this folder, which is new. */
    static Path of(String version, Path folder) throws IOException {
        Program.clean()
                .run("cp", "-a", Repository.DISTRIBUTION.toString(), folder.toString())
                .orFail();
        Files.writeString(folder.resolve("key"), version.replace(".", "") + "\n");
        try (FileSystem jar = FileSystems.newFileSystem(jar(folder, "agent"))) {
            Path place = jar.getPath("META-INF/MANIFEST.MF");
            Manifest manifest;
            try (InputStream there = Files.newInputStream(place)) {
                manifest = new Manifest(there);
            }
            manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
            try (OutputStream out = Files.newOutputStream(place)) {
                manifest.write(out);
            }
        }
        try (FileSystem jar = FileSystems.newFileSystem(jar(folder, "cli"))) {
            Files.writeString(jar.getPath("dev/capstan/cli/version.txt"), version + "\n", StandardCharsets.UTF_8);
        }
        return folder;
    }

    private static Path jar(Path distribution, String module) throws IOException {
        try (var jars =
                Files.newDirectoryStream(distribution.resolve("lib").resolve(module), "capstan-" + module + "-*.jar")) {
            return jars.iterator().next();
        }
    }
}
