package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/** A search inside a machine, by find and grep, for what must not be there. */
final class SecretSearch {

    private SecretSearch() {}

    /** A telling part of everything secret that a control plane keeps: its token, its keys, those that sign tokens. */
    static List<String> secrets(CapstanHome home) throws Exception {
        List<String> secrets = new ArrayList<>(List.of(home.administratorToken()));
        try (var files = Files.list(home.folder().resolve("pki"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".key")).toList()) {
                secrets.add(Files.readAllLines(file).get(1));
            }
        }
        secrets.addAll(signingKeys(home));
        return secrets;
    }

    /**
     * Searches every file below a folder of the machine, its mounts, and all of /proc and /sys that can be read, for each
     * of these texts. What holds one is a line of the output; the last line is {@code searched N}, the number of files.
     */
    static Program.Output from(Path folder, CapstanHome home, String node, Collection<String> texts) {
        String script = """
                patterns=$(mktemp -p /dev/shm) && cat > "$patterns"
                find "$1" -xdev \\( -path /usr/lib/jvm -o -path /proc -o -path /sys \\) -prune -o -type f -size -4M -print0 2>/dev/null \\
                  | grep -zvF "$patterns" | xargs -0 grep -lFaf "$patterns" 2>/dev/null
                for mount in $(cut -d' ' -f5 /proc/self/mountinfo | grep -vE '^/(proc|sys)?$|^/proc/|^/usr/lib/capstan' ); do
                  find "$mount" -xdev -type f -size -4M -print0 2>/dev/null | grep -zvF "$patterns" | xargs -0 grep -lFaf "$patterns" 2>/dev/null
                done
                for process in /proc/[0-9]*; do
                  for file in cmdline environ mountinfo mounts cgroup maps; do grep -lFaf "$patterns" $process/$file 2>/dev/null; done
                done
                grep -lFaf "$patterns" /proc/mounts /proc/net/unix /proc/net/tcp /proc/keys /proc/sys/kernel/hostname 2>/dev/null
                find "$1" -xdev 2>/dev/null | grep -Ff "$patterns"
                find /sys/fs/cgroup 2>/dev/null | grep -Ff "$patterns"
                echo "searched $(find "$1" -xdev -type f 2>/dev/null | wc -l)"
                rm -f "$patterns"
                """;
        // The search itself must not be what it finds: patterns come in on standard input and are read from a pipe.
        return Program.clean()
                .run(
                        List.of(
                                home.folder()
                                        .resolve("machines")
                                        .resolve(node)
                                        .resolve("enter")
                                        .toString(),
                                "bash",
                                "-c",
                                script,
                                "search",
                                folder.toString()),
                        String.join("\n", texts) + "\n");
    }

    /** A line of every token-signing key: what the management cluster keeps in its Secrets. */
    private static List<String> signingKeys(CapstanHome home) throws Exception {
        Api management = Api.at(home, "/clusters/management", home.administratorToken());
        List<String> values = new ArrayList<>();
        JsonNode secrets = new ObjectMapper().readTree(management.get("/api/v1/namespaces/capstan-system/secrets"));
        for (JsonNode secret : secrets.path("items")) {
            for (JsonNode value : secret.path("data")) {
                String base64 = value.asText();
                String plain = new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
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
