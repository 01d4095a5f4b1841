package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Authority;
import dev.capstan.truststore.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the real programs make of a root's files. */
final class RealClients {

    private static final Pattern PROCESSED = Pattern.compile("Processed (\\d+) CA certificate");

    private RealClients() {}

    /** How many certificates, and which of CAs, OpenSSL takes from a bundle; empty if it refuses the file. */
    static Optional<Taken> openssl(Path bundle) {
        List<String> lines = Programs.run(
                        List.of("/usr/bin/python3", resource("bundle.py").toString(), bundle.toString()))
                .succeeded()
                .lines()
                .toList();
        return lines.getFirst().startsWith("refused")
                ? Optional.empty()
                : Optional.of(new Taken(
                        Integer.parseInt(lines.getFirst()), identities(lines.subList(1, lines.size()).stream())));
    }

    /**
     * What was taken.
     *
     * @param count of all certificates
     * @param authorities those of CAs
     */
    record Taken(int count, SortedSet<Identity> authorities) {}

    /** How many certificates GnuTLS takes from a bundle; 0 if it refuses the file. */
    static int gnutls(Path bundle) {
        Matcher matcher = PROCESSED.matcher(
                Programs.run(List.of("gnutls-cli", "--x509cafile", bundle.toString(), "-p", "1", "127.0.0.1"))
                        .output());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** Which of these certificates openssl finds in a hash directory of a root it runs in, and nowhere else. */
    static SortedSet<Identity> directory(Path root, String folder, List<Authority> candidates) {
        SortedSet<Identity> found = new TreeSet<>();
        for (Authority candidate : candidates) {
            Programs.Result result = Programs.run(List.of(
                    "openssl",
                    "verify",
                    "-no-CAfile",
                    "-no-CAstore",
                    "-no_check_time",
                    "-CApath",
                    root + folder,
                    candidate.folder().resolve(candidate.name() + ".crt").toString()));
            if (result.exit() == 0) {
                found.add(candidate.certificate().identity());
            }
        }
        return found;
    }

    /** The go command, if there is one. */
    static Optional<String> goCommand() {
        return Stream.of("/usr/bin/go", "/usr/lib/go-1.19/bin/go", "/usr/local/go/bin/go")
                .filter(program -> Files.isExecutable(Path.of(program)))
                .findFirst();
    }

    /** A program that says what Go trusts, without libraries, so that it runs in any root. */
    static Path goProbe(Path folder) {
        Path probe = folder.resolve("probe");
        Path cache = Path.of("target", "go-build").toAbsolutePath();
        Programs.run(List.of(
                        "env",
                        "CGO_ENABLED=0",
                        "GO111MODULE=off",
                        "GOCACHE=" + cache,
                        goCommand().orElseThrow(),
                        "build",
                        "-o",
                        probe.toString(),
                        resource("probe.go").toString()))
                .succeeded();
        return probe;
    }

    /** Which of these certificates Go trusts in a root, asked of a program that runs there. */
    static SortedSet<Identity> go(Path probe, Path root, List<Authority> candidates) throws IOException {
        StringBuilder pem = new StringBuilder();
        candidates.forEach(candidate -> pem.append(candidate.certificate().pem()));
        Files.writeString(root.resolve("candidates"), pem);
        // A link: a copy would be busy for as long as a child process of another test holds it open for writing.
        Files.deleteIfExists(root.resolve("probe"));
        Files.createLink(root.resolve("probe"), probe);
        return identities(Programs.run(List.of("chroot", root.toString(), "/probe", "/candidates"))
                .succeeded()
                .lines());
    }

    /** What Java's TLS trusts by a keystore; empty if it cannot load it. */
    static Optional<SortedSet<Identity>> java(Path keystore) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djavax.net.ssl.trustStore=" + keystore,
                resource("Accepted.java").toString()));
        Programs.Result result = Programs.run(command);
        return result.exit() == 0 ? Optional.of(identities(result.output().lines())) : Optional.empty();
    }

    /** What p11-kit's trust program extracts for TLS clients from these source folders. */
    static SortedSet<Identity> p11Kit(Path folder, List<Path> sources) throws IOException {
        Path work = Files.createTempDirectory(folder, "p11-kit");
        Files.writeString(work.resolve("module"), """
                module: p11-kit-trust.so
                trust-policy: yes
                x-trust-lookup: pkcs11:library-description=PKCS%%2311%%20Kit%%20Trust%%20Module
                x-init-reserved: paths='%s'
                """.formatted(
                        sources.stream().map(Path::toString).collect(joining(":"))));
        Programs.run(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", """
                        mount --bind module /usr/share/p11-kit/modules/p11-kit-trust.module
                        trust extract --format=pem-bundle --filter=ca-anchors --purpose=server-auth out.pem
                        """), work)
                .succeeded();
        return openssl(work.resolve("out.pem")).map(Taken::authorities).orElse(new TreeSet<>());
    }

    private static SortedSet<Identity> identities(Stream<String> lines) {
        return lines.map(Identity::new).collect(toCollection(TreeSet::new));
    }

    static Path resource(String name) {
        try (InputStream in = RealClients.class.getResourceAsStream(name)) {
            Path folder = Files.createDirectories(Path.of("target", "probes"));
            Path file = Files.createTempDirectory(folder, "probe").resolve(name);
            Files.writeString(file, new String(in.readAllBytes(), UTF_8));
            return file.toAbsolutePath();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
