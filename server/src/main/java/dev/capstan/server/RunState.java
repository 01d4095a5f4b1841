package dev.capstan.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.server.home.HomeFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a running control plane says of itself, in {@code server.json}, from when its API answers until it ends. After a
 * kill the file stays; {@code pid} and {@code started} together tell whether that very process lives.
 *
 * @param pid its process
 * @param started start time of that process, in clock ticks since boot (proc(5), field 22 of stat)
 * @param endpoint {@code https://HOST:PORT}, as local clients reach it
 * @param socket where it listens for clients that may enter the home; null where it does not
 * @param caFile the certificate authority to verify it with
 * @param version version of Capstan
 * @param home its home
 * @param subscriptionId its subscription
 * @param tenantId the tenant that the subscription is in
 * @param needs what machines need and this host lacks, in words; empty if machines can be made
 * @param limits why new machines are only directories with a trust store, in words; empty if they are systems of their own
 */
record RunState(
        long pid,
        long started,
        String endpoint,
        @Nullable String socket,
        String caFile,
        String version,
        String home,
        String subscriptionId,
        String tenantId,
        List<String> needs,
        List<String> limits) {

    private static final String FILE = "server.json";
    private static final String PID_FILE = "server.pid";
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The state of this process. */
    static RunState ofProcess(
            String endpoint,
            Optional<Path> socket,
            String caFile,
            Path home,
            Scope scope,
            List<String> needs,
            List<String> limits)
            throws IOException {
        var pid = ProcessHandle.current().pid();
        return new RunState(
                pid,
                startOf(pid),
                endpoint,
                socket.map(Path::toString).orElse(null),
                caFile,
                versionOfBuild(),
                home.toString(),
                scope.subscription(),
                scope.tenant(),
                needs,
                limits);
    }

    /** What is written in the home, by a process that may be gone. */
    static Optional<RunState> read(HomeFolder home) throws IOException {
        try {
            return Optional.of(MAPPER.readValue(home.read(FILE), RunState.class));
        } catch (NoSuchFileException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Tells who starts, before anything answers. */
    static void writePid(HomeFolder home) throws IOException {
        home.write(PID_FILE, ProcessHandle.current().pid() + "\n");
    }

    void write(HomeFolder home) throws IOException {
        home.write(FILE, MAPPER.writeValueAsString(this) + "\n");
    }

    /** Takes the words back: there is no control plane, or it does not answer yet. */
    static void erase(HomeFolder home) throws IOException {
        Files.deleteIfExists(home.resolve(FILE));
        Files.deleteIfExists(home.resolve(PID_FILE));
    }

    /** What a user wants to know after the start, and what to do next. */
    String words() {
        var text = new StringBuilder();
        text.append(String.format("The control plane runs (pid %d): %s%n", pid, endpoint));
        text.append(String.format("  home      %s%n", home));
        text.append(String.format("  CA        %s%n", caFile));
        text.append(String.format("  log       %s/log/server.log%n", home));
        text.append(String.format("  kubectl   KUBECONFIG=%s/admin.kubeconfig%n", home));
        for (var need : needs) {
            text.append(String.format("  no machines yet: %s%n", need));
        }
        if (!limits.isEmpty()) {
            text.append(String.format(
                    "  machines  only directories: each a root with a trust store and an agent, without a container runtime.%n"
                            + "            No node gets further than level Written. Why:%n"));
            limits.forEach(why -> text.append(String.format("            - %s%n", why)));
        }
        text.append(
                needs.isEmpty()
                        ? String.format("Next: capstan group create -n dev -l local%n"
                                + "      capstan aks create -g dev -n one --node-count 2 --generate-ssh-keys%n")
                        : String.format(
                                "Clusters can be created; they get their nodes when nothing is missing any more.%n"));
        return text.toString();
    }

    static String versionOfBuild() {
        try (var text = RunState.class.getResourceAsStream("version.txt")) {
            return text == null ? "unknown" : new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static long startOf(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        // The second field is in brackets and may hold anything, brackets and blanks too.
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
    }
}
