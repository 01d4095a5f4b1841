package dev.capstan.truststore;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** An {@code openssl s_server} on a free port of this machine. */
record TlsServer(Process process, int port) implements AutoCloseable {

    /** With {@code HOST.crt} and {@code HOST.key} of this folder. */
    static TlsServer start(Path folder, String host) throws IOException {
        Process process = Programs.clean(new ProcessBuilder(List.of(
                        "openssl",
                        "s_server",
                        "-www",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        host + ".crt",
                        "-key",
                        host + ".key")))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ACCEPT ")) {
                Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
                return new TlsServer(
                        process, Integer.parseInt(line.replaceAll(".*:", "").strip()));
            }
        }
        throw new IllegalStateException("openssl s_server did not start");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
