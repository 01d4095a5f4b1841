package dev.capstan.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** CA certificates made by openssl, for tests. */
final class Certificates {

    private Certificates() {}

    /** PEM of a self-signed CA of this name, with a line end at its end. */
    static String ca(Path folder, String name) throws Exception {
        return make(folder, name, "CA:TRUE");
    }

    /** PEM of a self-signed certificate that is no CA. */
    static String server(Path folder, String name) throws Exception {
        return make(folder, name, "CA:FALSE");
    }

    /** The private key made with that name. */
    static String key(Path folder, String name) throws Exception {
        return Files.readString(folder.resolve(name + ".key"));
    }

    private static String make(Path folder, String name, String constraint) throws Exception {
        var process = new ProcessBuilder(
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
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "basicConstraints=critical," + constraint,
                        "-keyout",
                        folder.resolve(name + ".key").toString(),
                        "-out",
                        folder.resolve(name + ".crt").toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("openssl: " + said);
        }
        return Files.readString(folder.resolve(name + ".crt"));
    }
}
