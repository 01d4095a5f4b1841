package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 10 from inside a machine: nothing of the control plane, of another machine or of a home folder is there. */
final class InsideAMachineTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node;
    private static String other;

    @BeforeAll
    static void up() {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "inside", 2);
        node = cluster.nodes().getFirst();
        other = cluster.nodes().getLast();
        assertThat(node).isNotEqualTo(other);
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Test
    void searchOfTheWholeTreeFindsNoSecretAndNoOtherMachine() throws Exception {
        List<String> secrets = new ArrayList<>(List.of(home.administratorToken(), other));
        try (var files = Files.list(home.folder().resolve("pki"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".key")).toList()) {
                secrets.add(Files.readAllLines(file).get(1));
            }
        }
        secrets.addAll(signingKeys());
        assertThat(secrets)
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(10));
        // The search itself must not be what it finds: patterns come in on standard input and are read from a pipe.
        Program.Output found = Program.clean().run(search(), String.join("\n", secrets) + "\n");

        assertThat(found.text().lines().filter(line -> !line.startsWith("searched ")))
                .isEmpty();
        assertThat(found.text()
                        .lines()
                        .filter(line -> line.startsWith("searched "))
                        .toList())
                .singleElement()
                .satisfies(line -> assertThat(Long.parseLong(
                                line.substring("searched ".length()).strip()))
                        .isGreaterThan(1_000));
    }

    @Test
    void searchWouldFindWhatIsThere() throws Exception {
        cluster.on(node, "sh", "-c", "echo a-planted-secret-of-the-test > /var/lib/planted")
                .orFail();

        Program.Output found = Program.clean().run(search(), "a-planted-secret-of-the-test\n");

        assertThat(found.text()).contains("/var/lib/planted");
        cluster.on(node, "rm", "/var/lib/planted").orFail();
    }

    @Test
    void credentialIsRefusedEveryVerbOnEveryResourceButWhatTheDesignGrants() throws Exception {
        AgentCredential.of(cluster, node, other).isGrantedWhatTheDesignSaysAndNothingElse();
    }

    @Test
    void credentialIsRefusedByTheServerItselfNotOnlyByTheReview() throws Exception {
        AgentCredential credential = AgentCredential.of(cluster, node, other);

        credential.isRefusedByTheServerItself();
        assertThat(credential.api().elsewhere("/clusters/management", "/api/v1/namespaces"))
                .isEqualTo(401);
    }

    /** Searches every file of the machine's tree, and all of /proc and /sys that can be read, for each line of its input. */
    private static List<String> search() {
        String script = """
                patterns=$(mktemp -p /dev/shm) && cat > "$patterns"
                find / -xdev \\( -path /usr/lib/jvm -o -path /proc -o -path /sys \\) -prune -o -type f -size -4M -print0 2>/dev/null \\
                  | grep -zvF "$patterns" | xargs -0 grep -lFaf "$patterns" 2>/dev/null
                for mount in $(cut -d' ' -f5 /proc/self/mountinfo | grep -vE '^/(proc|sys)?$|^/proc/|^/usr/lib/capstan' ); do
                  find "$mount" -xdev -type f -size -4M -print0 2>/dev/null | grep -zvF "$patterns" | xargs -0 grep -lFaf "$patterns" 2>/dev/null
                done
                for process in /proc/[0-9]*; do
                  for file in cmdline environ mountinfo mounts cgroup maps; do grep -lFaf "$patterns" $process/$file 2>/dev/null; done
                done
                grep -lFaf "$patterns" /proc/mounts /proc/net/unix /proc/net/tcp /proc/keys /proc/sys/kernel/hostname 2>/dev/null
                find / -xdev 2>/dev/null | grep -Ff "$patterns"
                find /sys/fs/cgroup 2>/dev/null | grep -Ff "$patterns"
                echo "searched $(find / -xdev -type f 2>/dev/null | wc -l)"
                rm -f "$patterns"
                """;
        return List.of(
                home.folder().resolve("machines").resolve(node).resolve("enter").toString(), "bash", "-c", script);
    }

    /** A line of every token-signing key: what the management cluster keeps in its Secrets. */
    private static List<String> signingKeys() throws Exception {
        Api management = Api.at(home, "/clusters/management", home.administratorToken());
        List<String> values = new ArrayList<>();
        JsonNode secrets = new ObjectMapper().readTree(management.get("/api/v1/namespaces/capstan-system/secrets"));
        for (JsonNode secret : secrets.path("items")) {
            for (JsonNode value : secret.path("data")) {
                String base64 = value.asText();
                String plain =
                        new String(Base64.getDecoder().decode(base64), java.nio.charset.StandardCharsets.ISO_8859_1);
                values.add(base64.substring(0, Math.min(60, base64.length())));
                plain.lines()
                        .filter(line -> line.length() > 30 && !line.startsWith("-----"))
                        .limit(1)
                        .forEach(values::add);
            }
        }
        return values;
    }
}
