package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The outside programs of these tests. */
final class Tools {

    private Tools() {}

    static boolean exists(String program) {
        try {
            return new ProcessBuilder("sh", "-c", "command -v " + program)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    static boolean isRoot() {
        return run(Path.of("/"), "id", "-u").strip().equals("0");
    }

    /** What a program that has to succeed printed. */
    static String run(Path folder, String... command) {
        try {
            Path output = Files.createTempFile("capstan", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().clear();
                builder.environment().put("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
                builder.environment().put("LC_ALL", "C.UTF-8");
                Process process = builder.start();
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(List.of(command) + " does not end");
                }
                String text = new String(Files.readAllBytes(output), UTF_8);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(
                            List.of(command) + ": exit code " + process.exitValue() + ": " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(String.join(" ", command), broken);
        }
    }

    /** A new CA of this subject, in openssl's form. */
    static Certificate authority(Path folder, String subject, String... more) {
        try {
            Path file = Files.createTempFile(folder, "ca", ".crt");
            List<String> command = new ArrayList<>(List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "30",
                    "-config",
                    "/dev/null",
                    "-utf8",
                    "-keyout",
                    file + ".key",
                    "-out",
                    file.toString(),
                    "-subj",
                    subject,
                    "-addext",
                    "basicConstraints=critical,CA:TRUE"));
            command.addAll(List.of(more));
            run(folder, command.toArray(String[]::new));
            return certificates(Files.readAllBytes(file)).getFirst();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** The CA certificates of a PEM text. */
    static List<Certificate> certificates(byte[] pem) {
        return new CertificateReader(InstantSource.system())
                .readPem(pem, Place.of("test"))
                .set()
                .certificates();
    }
}
