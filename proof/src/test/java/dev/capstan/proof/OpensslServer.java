package dev.capstan.proof;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code openssl s_server} with one of the chains, on a port of its own. */
final class OpensslServer implements AutoCloseable {

    private final Process process;
    private final int port;

    private OpensslServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static OpensslServer start(String chain, String... options) throws IOException {
        var command = new ArrayList<String>(List.of(
                Chains.program("openssl").toString(),
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-www",
                "-cert",
                Chains.sent(chain).toString(),
                "-key",
                Chains.key(chain).toString(),
                "-cert_chain",
                Chains.sent(chain).toString(),
                // Certificates signed with SHA-1 too: to refuse them is the client's part.
                "-cipher",
                "DEFAULT:@SECLEVEL=0"));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var said = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("ACCEPT ")) {
                // Nobody reads what follows; it is a few lines.
                return new OpensslServer(process, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
            }
            said.append(line).append('\n');
        }
        throw new IOException("openssl s_server did not start: " + said);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
