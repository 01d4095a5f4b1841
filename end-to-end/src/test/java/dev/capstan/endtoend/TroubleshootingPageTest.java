package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that {@code docs/troubleshooting.md} shows, one after the other against a running server, print what the page shows. What
 * differs from run to run is made the same first: names of nodes, identities, times, process ids.
 */
final class TroubleshootingPageTest {

    private static final Path PAGE = Repository.ROOT.resolve("docs/troubleshooting.md");
    private static final String GROUP = "myResourceGroup";
    private static final String CLUSTER = "myAKSCluster";

    /** Nodes take a Secret up when their watch tells them, on a busy machine in a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Path lab;

    /**
     * A command of the page.
     *
     * @param line of the page, from 1
     */
    private record Shown(int line, String command, String output) {}

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        lab = Files.createDirectories(folder.resolve("lab"));
        Path programs = Files.createDirectories(lab.resolve("bin"));
        Files.createSymbolicLink(programs.resolve("capstan"), Repository.DISTRIBUTION.resolve("bin/capstan"));
        Files.createSymbolicLink(programs.resolve("kubectl"), Path.of(Cluster.kubectlOf("bookworm")));
        home.run("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview")
                .orFail();
        home.run("group", "create", "--name", GROUP, "--location", "local").orFail();
        home.run("aks", "create", "-g", GROUP, "-n", CLUSTER, "--node-count", "1", "--enable-custom-ca-trust")
                .orFail();
        home.run(
                        "aks",
                        "get-credentials",
                        "-g",
                        GROUP,
                        "-n",
                        CLUSTER,
                        "--file",
                        lab.resolve("kubeconfig").toString())
                .orFail();
        files();
    }

    @AfterAll
    static void down() {
        home.close();
    }

    /** The files that the page's commands name. */
    private static void files() throws IOException {
        for (String name : List.of("one", "two")) {
            Program.clean()
                    .run(Repository.lab("make-ca").toString(), lab.toString(), name, name + ".corp.test")
                    .orFail();
        }
        String one = Files.readString(lab.resolve("one-ca.crt"));
        String two = Files.readString(lab.resolve("two-ca.crt"));
        file("FileWithCAs", one.indent(4) + "\n" + two.indent(4));
        file("words.txt", one + "\nThese are our CAs.\n\n" + two);
        file("cut.pem", one + "\n" + two.lines().limit(5).reduce("", (text, line) -> text + line + "\n"));
        file("encoded.txt", base64(one) + "\n");
        file("crlf.pem", one.replace("\n", "\r\n"));
        Files.copy(lab.resolve("one.crt"), lab.resolve("server.crt"));
        file("secret.yaml", manifest("{base64EncodedCertStringHere}"));
        file("twice.yaml", manifest(base64(base64(one))));
    }

    private static void file(String name, String text) throws IOException {
        Files.writeString(lab.resolve(name), text);
    }

    /** The manifest of AKS's page with this value. */
    private static String manifest(String value) {
        return """
                apiVersion: v1
                kind: Secret
                metadata:\s
                    name: custom-ca-trust-secret
                    namespace: kube-system
                type: Opaque
                data:
                    ca1.crt: |
                      %s
                """.formatted(value);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void everyCommandOfThePagePrintsWhatThePageShows() throws Exception {
        List<Shown> commands = shown(command -> !command.startsWith("az "));
        assertThat(commands).hasSizeGreaterThan(12);
        List<String> wrong = new ArrayList<>();
        for (Shown shown : commands) {
            String wanted = plain(shown.output());
            long end = System.nanoTime() + PATIENCE.toNanos();
            String printed = run(shown.command());
            // What a node says comes a moment after the change; what a command does must not be done twice.
            while (shown.command().startsWith("capstan node ")
                    && !plain(printed).equals(wanted)
                    && System.nanoTime() < end) {
                printed = run(shown.command());
            }
            if (!plain(printed).equals(wanted)) {
                wrong.add("line " + shown.line() + ": $ " + shown.command() + "\n" + printed);
            }
        }
        assertThat(wrong)
                .as("commands that print something else than the page shows")
                .isEmpty();
    }

    @Test
    void whatThePageShowsOfTheAzureCliItPrints() throws Exception {
        Requirements.azureCli();
        AzureCli az = AzureCli.loggedIn(lab, home);
        List<Shown> commands = shown(command -> command.startsWith("az "));
        assertThat(commands)
                .isNotEmpty()
                .allSatisfy(shown -> assertThat(plain(az.type(shown.command()).text()))
                        .as("line " + shown.line())
                        .isEqualTo(plain(shown.output())));
    }

    private static List<Shown> shown(Predicate<String> wanted) throws IOException {
        List<Shown> all = new ArrayList<>();
        boolean isInside = false;
        int number = 0;
        for (String line : Files.readAllLines(PAGE)) {
            number++;
            if (line.startsWith("```")) {
                isInside = !isInside;
            } else if (isInside && line.startsWith("$ ")) {
                all.add(new Shown(number, line.substring(2), ""));
            } else if (isInside && !all.isEmpty()) {
                Shown last = all.removeLast();
                all.add(new Shown(last.line(), last.command(), last.output() + line + "\n"));
            }
        }
        return all.stream().filter(shown -> wanted.test(shown.command())).toList();
    }

    /** Runs a line as a shell in the lab folder does; what it printed, both streams. */
    private static String run(String line) {
        return Program.clean()
                .with("HOME", lab.toString())
                .with("CAPSTAN_HOME", home.folder().toString())
                .with("KUBECONFIG", lab.resolve("kubeconfig").toString())
                .with("PATH", lab.resolve("bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                .run("bash", "-c", "cd " + lab + " && " + line)
                .text();
    }

    /** The text without what differs from run to run. */
    private static String plain(String text) {
        return text.replaceAll("\\b[0-9a-f]{64}\\b", "SHA256")
                .replaceAll("v1:[0-9a-f]{12}\\b", "v1:SET")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME")
                .replaceAll("aks-nodepool1-\\d+-vmss\\w+", "NODE")
                .replaceAll("containerd [\\d.]+, process \\d+", "containerd VERSION, process ID")
                .replaceAll("(?m)[ \\t]+$", "")
                .strip();
    }
}
