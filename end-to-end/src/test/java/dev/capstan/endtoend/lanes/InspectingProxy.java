package dev.capstan.endtoend.lanes;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.FreePort;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A proxy that breaks TLS open and shows every client a certificate it has just made with a CA of its own. */
enum InspectingProxy {
    MITMPROXY("mitmdump"),
    SQUID("squid");

    private final String program;

    InspectingProxy(String program) {
        this.program = program;
    }

    void require() {
        Requirements.programs(List.of(program));
    }

    /**
     * One that runs.
     *
     * @param address for HTTPS_PROXY
     * @param authority the CA that makes its certificates
     */
    record Running(String address, Authority authority) {}

    /** Starts it in this node, with trust in the registries of this authority only. */
    Running start(Node node, Lab lab, Authority upstream) {
        String folder = "/run/" + program;
        String port = Integer.toString(FreePort.next());
        node.remove(folder);
        node.write(folder + "/upstream.crt", upstream.pem());
        node.writeHosts();
        Authority authority = this == SQUID ? squid(node, lab, folder, port) : mitmproxy(node, lab, folder, port);
        Await.until(program + " listens: " + program, () -> listens(Integer.parseInt(port)));
        return new Running("http://127.0.0.1:" + port, authority);
    }

    /** docs.mitmproxy.org/stable/concepts-certificates: it makes its CA when it starts first. */
    private Authority mitmproxy(Node node, Lab lab, String folder, String port) {
        node.start(
                program,
                program,
                "--listen-host",
                "127.0.0.1",
                "--listen-port",
                port,
                "--set",
                "confdir=" + folder,
                "--set",
                "ssl_verify_upstream_trusted_ca=" + folder + "/upstream.crt");
        String certificate = folder + "/mitmproxy-ca-cert.pem";
        Await.until("mitmproxy has made its CA", () -> Files.exists(node.path(certificate)));
        Authority made = Authority.madeElsewhere(lab.folder(), "mitmproxy-" + node.name());
        try {
            Files.writeString(made.certificate(), node.read(certificate));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made;
    }

    /** wiki.squid-cache.org/Features/DynamicSslCert and /Features/SslPeekAndSplice. */
    private Authority squid(Node node, Lab lab, String folder, String port) {
        Authority authority = Authority.make(lab.folder(), "squid-" + node.name());
        node.write(folder + "/ca.crt", authority.pem());
        node.write(folder + "/ca.key", key(authority.key()));
        node.write(folder + "/squid.conf", """
                http_port 127.0.0.1:%2$s ssl-bump generate-host-certificates=on tls-cert=%1$s/ca.crt tls-key=%1$s/ca.key
                sslcrtd_program /usr/lib/squid/security_file_certgen -s %1$s/db -M 4MB
                sslcrtd_children 2 startup=1 idle=1
                acl first at_step SslBump1
                ssl_bump peek first
                ssl_bump bump all
                tls_outgoing_options cafile=%1$s/upstream.crt
                http_access allow all
                cache deny all
                access_log none
                cache_log %1$s/cache.log
                pid_filename none
                shutdown_lifetime 0 seconds
                """.formatted(folder, port));
        Program.Output made = node.run(
                "sh",
                "-c",
                "/usr/lib/squid/security_file_certgen -c -s " + folder + "/db -M 4MB && chown -R proxy: " + folder);
        made.orFail();
        node.start(program, program, "-N", "-f", folder + "/squid.conf");
        return authority;
    }

    private static String key(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
