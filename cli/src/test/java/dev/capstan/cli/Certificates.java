package dev.capstan.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** PEM of a CA that the CA of that other name issued, which has to be made before. */
    static String issued(Path folder, String name, String issuer) throws Exception {
        return make(
                folder,
                name,
                "CA:TRUE",
                "-CA",
                folder.resolve(issuer + ".crt").toString(),
                "-CAkey",
                folder.resolve(issuer + ".key").toString());
    }

    /** PEM of another certificate of the CA of that name, with the same key. */
    static String renewed(Path folder, String name) throws Exception {
        openssl(
                "req",
                "-x509",
                "-key",
                folder.resolve(name + ".key").toString(),
                "-days",
                "120",
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-out",
                folder.resolve(name + "-renewed.crt").toString());
        return Files.readString(folder.resolve(name + "-renewed.crt"));
    }

    /** PEM of a certificate that the CA of another name gave to the CA of that name, for its key; both have to be made before. */
    static String crossSigned(Path folder, String name, String issuer) throws Exception {
        openssl(
                "req",
                "-x509",
                "-key",
                folder.resolve(name + ".key").toString(),
                "-CA",
                folder.resolve(issuer + ".crt").toString(),
                "-CAkey",
                folder.resolve(issuer + ".key").toString(),
                "-days",
                "90",
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-out",
                folder.resolve(name + "-by-" + issuer + ".crt").toString());
        return Files.readString(folder.resolve(name + "-by-" + issuer + ".crt"));
    }

    private static String make(Path folder, String name, String constraint, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "90",
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical," + constraint,
                "-keyout",
                folder.resolve(name + ".key").toString(),
                "-out",
                folder.resolve(name + ".crt").toString()));
        arguments.addAll(List.of(more));
        openssl(arguments.toArray(String[]::new));
        return Files.readString(folder.resolve(name + ".crt"));
    }

    private static void openssl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError("openssl: " + said);
        }
    }
}
