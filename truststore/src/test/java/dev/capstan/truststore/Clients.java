package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The machine's own TLS clients, each with its own way to the trust store: curl, git, python3 and openssl by default
 * read the bundle through OpenSSL or GnuTLS; {@code openssl -CApath} only the hash links; Go the bundle and every file
 * beside it; Java the keystore.
 */
final class Clients {

    private static final String GO = """
            package main

            import (
                "fmt"
                "net/http"
                "os"
            )

            func main() {
                answer, err := http.Get(os.Args[1])
                if err != nil {
                    fmt.Println(err)
                    os.Exit(1)
                }
                fmt.Println(answer.Status)
            }
            """;

    private static final String JAVA = """
            public class Client {
                public static void main(String[] arguments) throws Exception {
                    var connection = (javax.net.ssl.HttpsURLConnection)
                            java.net.URI.create(arguments[0]).toURL().openConnection();
                    System.out.println(connection.getResponseCode());
                }
            }
            """;

    private final Map<String, String> commands = new LinkedHashMap<>();
    private final List<String> lacking = new ArrayList<>();

    private Clients() {}

    /** Those that are installed here, for a server on this port. */
    static Clients make(Path folder, PrivateRoot root, int port) throws IOException {
        Clients clients = new Clients();
        String url = "https://" + PrivateRoot.HOST + ":" + port + "/";
        String openssl = "openssl s_client -verify_return_error -verify_hostname " + PrivateRoot.HOST + " -servername "
                + PrivateRoot.HOST + " -connect " + PrivateRoot.HOST + ":" + port + " </dev/null";
        clients.add("curl", "curl -sS -m 20 " + url, "curl");
        clients.add("openssl", openssl, "openssl");
        clients.add("openssl -CApath", openssl + " -no-CAfile -CApath /etc/ssl/certs", "openssl");
        clients.add("gnutls-cli", "gnutls-cli -p " + port + " " + PrivateRoot.HOST + " </dev/null", "gnutls-cli");
        // The server is no git server: a certificate that is accepted ends in "not found".
        clients.add("git", "git ls-remote " + url + " 2>&1 | tee /tmp/git; ! grep -qi certificate /tmp/git", "git");
        clients.add(
                "python3",
                "/usr/bin/python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1])' " + url,
                "/usr/bin/python3");
        Path own = Files.createDirectory(folder.resolve("client"));
        clients.addGo(own, url);
        clients.addJava(own, url);
        root.bring(own);
        return clients;
    }

    private void add(String name, String command, String program) {
        if (Programs.exists(program)) {
            commands.put(name, command);
        } else {
            lacking.add(name);
        }
    }

    private void addGo(Path folder, String url) throws IOException {
        String compiler = Programs.run(List.of("sh", "-c", "command -v go || ls /usr/lib/go-*/bin/go | tail -n 1"))
                .output()
                .strip();
        if (!Files.isExecutable(Path.of(compiler))) {
            lacking.add("go");
            return;
        }
        Path source = Files.writeString(folder.resolve("client.go"), GO);
        Programs.run(List.of(
                        "env",
                        "GOCACHE=" + folder.resolve("cache"),
                        "GO111MODULE=off",
                        compiler,
                        "build",
                        "-o",
                        folder.resolve("go-client").toString(),
                        source.toString()))
                .succeeded();
        commands.put("go", "/client/go-client " + url);
    }

    private void addJava(Path folder, String url) throws IOException {
        if (!Files.isExecutable(Path.of("/usr/bin/java"))) {
            lacking.add("java");
            return;
        }
        Path source = Files.writeString(folder.resolve("Client.java"), JAVA);
        Programs.run(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                        "--release",
                        "11",
                        "-d",
                        folder.toString(),
                        source.toString()))
                .succeeded();
        commands.put("java", "/usr/bin/java -cp /client Client " + url);
    }

    /** The clients that this machine lacks. */
    List<String> lacking() {
        return lacking;
    }

    /** Fails unless every client accepts the server's certificate, or every one refuses it because of the certificate. */
    void all(boolean accept, PrivateRoot root, String when) {
        List<String> others = new ArrayList<>();
        commands.forEach((name, command) -> {
            Programs.Result result = root.run(command);
            if ((result.exit() == 0) != accept) {
                others.add(name + ": " + result.output());
            }
            if (result.exit() != 0 && !accept) {
                assertThat(result.output()).as(name).matches("(?is).*(certificat|x509|PKIX).*");
            }
        });
        assertThat(others)
                .as("clients that do not " + (accept ? "accept" : "refuse") + " the server, " + when + ", of "
                        + new TreeSet<>(commands.keySet()))
                .isEmpty();
    }
}
