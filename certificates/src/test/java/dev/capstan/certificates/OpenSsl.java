package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Keys and certificates made by the openssl program, in a folder of the test's. */
final class OpenSsl {

    private final Path folder;

    OpenSsl(Path folder) {
        this.folder = folder;
    }

    /** Runs {@code openssl} in the folder and gives what it prints. */
    byte[] run(String... arguments) {
        return run(new byte[0], arguments);
    }

    byte[] run(byte[] input, String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            Path errors = Files.createTempFile(folder, "openssl", ".err");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(errors.toFile())
                    .start();
            try (var out = process.getOutputStream()) {
                out.write(input);
            }
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + Files.readString(errors, ISO_8859_1));
            }
            Files.delete(errors);
            return output;
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException("the tests need the openssl program", broken);
        }
    }

    String text(String... arguments) {
        return new String(run(arguments), ISO_8859_1);
    }

    /** A self-signed certificate with a new P-256 key, in PEM; NAME.key holds the key. */
    String selfSigned(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
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
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt"));
        if (!List.of(more).contains("-subj")) {
            arguments.addAll(List.of("-subj", "/O=Capstan Test/CN=" + name));
        }
        arguments.addAll(List.of(more));
        run(arguments.toArray(String[]::new));
        return file(name + ".crt");
    }

    /** A CA. */
    String ca(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"));
        arguments.addAll(List.of(more));
        return selfSigned(name, arguments.toArray(String[]::new));
    }

    /** A certificate signed by the CA of that name, with these extensions, in PEM; version 1 without any. */
    String issued(String name, String issuer, String days, String... extensions) {
        run(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-config",
                "/dev/null",
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr",
                "-subj",
                "/O=Capstan Test/CN=" + name);
        write(name + ".ext", String.join("\n", extensions) + "\n");
        List<String> arguments = new ArrayList<>(List.of(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                issuer + ".crt",
                "-CAkey",
                issuer + ".key",
                "-CAcreateserial",
                "-days",
                days,
                "-out",
                name + ".crt"));
        if (extensions.length > 0) {
            arguments.addAll(List.of("-extfile", name + ".ext"));
        }
        run(arguments.toArray(String[]::new));
        return file(name + ".crt");
    }

    String file(String name) {
        try {
            return Files.readString(folder.resolve(name), ISO_8859_1);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text, ISO_8859_1);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
