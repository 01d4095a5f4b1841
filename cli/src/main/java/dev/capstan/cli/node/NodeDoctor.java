package dev.capstan.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.doctor.Report;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import dev.capstan.proof.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        description = {
            "Says why a pull fails on a node, the true cause first, and what to do: name, proxy, the chain the server sent, which CA"
                    + " is missing and where it is present, what the runtime reads, which host directory it takes, the clock.",
            "With -g and -n the node is entered as by 'capstan node exec', and what the control plane knows is taken in. Without them"
                    + " it looks at the machine it runs on, and needs no control plane.",
            "The runtime is asked for a manifest that cannot exist: nothing is pulled."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 nothing is wrong, 1 failed, 2 wrong command line, 3 no such cluster or node, 4 a cause was found",
            "  capstan node doctor -g dev -n one NODE registry.corp:443",
            "  capstan node doctor -g dev -n one NODE registry.corp/app:v1 -o json",
            "  capstan node doctor registry.corp:443                   (on the node itself)"
        })
public final class NodeDoctor implements Callable<Integer> {

    /** A cause was found. */
    private static final int ILL = 4;

    /** Where machines have the built product. */
    private static final String ON_THE_MACHINE = "/usr/lib/capstan/bin/capstan";

    private final Session session;

    @ArgGroup(exclusive = false, multiplicity = "0..1")
    private @Nullable ClusterOptions cluster;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description =
                    "Without a cluster: the root of the node's operating system; CAPSTAN_ROOT, or /, if not given.")
    private Path root = Path.of("/");

    @Option(
            names = "--cluster-facts",
            description =
                    "Read what the control plane knows from standard input: how the command runs itself on a machine.")
    private boolean clusterFacts;

    @Mixin
    private TextOrJson output = new TextOrJson();

    @Parameters(
            arity = "0..2",
            paramLabel = "[NODE] [ENDPOINT]",
            hideParamSyntax = true,
            description =
                    "The node, where a cluster is named; and what cannot be pulled: registry.corp:443, https://host/path, or"
                            + " an image with its registry.")
    private List<String> words = new ArrayList<>();

    public NodeDoctor(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return cluster == null ? here() : there(cluster);
    }

    private int here() {
        if (words.size() > 1) {
            throw usage(
                    "A node is named, and no cluster.",
                    "Name it with -g and -n; without them there is this node alone.");
        }
        if (!Files.isDirectory(root)) {
            throw usage("The root " + root + " is not a folder.", "Name the root of an operating system.");
        }
        var facts = clusterFacts
                ? Optional.of(Json.parse(session.in().lines().collect(Collectors.joining(System.lineSeparator()))))
                : Optional.<JsonNode>empty();
        var report = Report.onNode(root, words.stream().findFirst().map(NodeDoctor::endpoint), facts);
        output.print(session, report.json(), report.text());
        return report.isWell() ? ExitCode.OK : ILL;
    }

    private int there(ClusterOptions options) {
        var named = words.isEmpty() || isEndpoint(words.getFirst()) ? "" : words.getFirst();
        var rest = named.isEmpty() ? words : words.subList(1, words.size());
        if (rest.size() > 1) {
            throw usage("There are two endpoints: " + String.join(", ", rest) + ".", "Ask for one at a time.");
        }
        rest.forEach(NodeDoctor::endpoint);
        var machine = new Machine(session, options, NodeOption.of(named));
        var name = machine.name();
        var facts = options.with(
                session,
                (api, found) -> Node.of(api, found).stream()
                        .filter(node -> node.name().equals(name))
                        .findFirst()
                        .map(node -> Report.cluster(api, found, node))
                        .orElseThrow(() -> NodeOption.of(name).noSuchNode(found)));
        var command = new ArrayList<String>();
        command.add(machine.program(name).toString());
        command.addAll(List.of(ON_THE_MACHINE, "node", "doctor", "--cluster-facts"));
        if (output.isJson()) {
            command.addAll(List.of("-o", "json"));
        }
        command.addAll(rest);
        return run(command, Json.write(facts));
    }

    private int run(List<String> command, String input) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            session.out().print(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            session.out().flush();
            return process.waitFor();
        } catch (IOException failed) {
            throw Problem.failed(
                    "The node cannot be entered: " + failed.getMessage() + ".",
                    "Machines are entered as root, on the host they run on.",
                    failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }

    private static boolean isEndpoint(String word) {
        return word.contains(":") || word.contains("/");
    }

    private static Endpoint endpoint(String word) {
        try {
            return Endpoint.parse(word);
        } catch (IllegalArgumentException none) {
            throw usage(
                    none.getMessage() + ".",
                    "Write registry.corp:443, https://host/path, or an image with its registry.");
        }
    }

    private static Problem usage(String message, String advice) {
        return new Problem(ExitCode.USAGE, message, advice, null);
    }
}
