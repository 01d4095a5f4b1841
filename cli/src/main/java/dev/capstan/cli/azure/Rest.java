package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.http.Answer;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * One request, as {@code az rest} sends it: what is answered is printed, and nothing is waited for. The administrator's
 * token goes to the endpoint of CAPSTAN_HOME alone; a URL of another one is refused.
 */
@Command(
        name = "rest",
        description = "Sends one request to the API and prints the answer; what it began is not waited for.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan rest --method get --url \"/subscriptions/{subscriptionId}/resourceGroups/dev/providers/"
                    + "Microsoft.ContainerService/managedClusters/one?api-version=2025-01-01\" > body.json",
            "  capstan rest --method put --url \"/subscriptions/…/managedClusters/one?api-version=2025-01-01\""
                    + " --body @body.json"
        })
public final class Rest implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-m", "--method"},
            paramLabel = "METHOD",
            defaultValue = "get",
            description = "get (if not given), put, post, patch, delete, head or options.")
    private String method = "get";

    @Option(
            names = {"-u", "--url", "--uri"},
            required = true,
            paramLabel = "URL",
            description = "Path and query, or a URL of this endpoint. '{subscriptionId}' stands for the subscription.")
    private String url = "";

    @Option(
            names = {"-b", "--body"},
            paramLabel = "TEXT|@FILE",
            description = "What to send: the text, or the content of the file; '@-' reads standard input.")
    private Optional<String> body = Optional.empty();

    @Option(
            names = "--headers",
            arity = "1..*",
            paramLabel = "KEY=VALUE",
            description = "Headers; one JSON object will do.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = {"--uri-parameters", "--url-parameters"},
            arity = "1..*",
            paramLabel = "KEY=VALUE",
            description = "What to add to the URL's query; one JSON object will do.")
    private List<String> parameters = new ArrayList<>();

    @Option(
            names = "--output-file",
            paramLabel = "FILE",
            description = "Write the answer there instead of printing it.")
    private Optional<Path> file = Optional.empty();

    // Read by picocli, through its own model of the option.
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--resource", paramLabel = "URL", description = "Taken; the token is the administrator's.")
    private Optional<String> resource = Optional.empty();

    @Mixin
    private Output output = new Output();

    public Rest(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var text = body.map(this::content).orElse("");
        var sent = pairs("--headers", headers);
        try (var arm = Arm.of(session)) {
            var answer = arm.send(method.toUpperCase(Locale.ROOT), path(arm), text, sent);
            if (!answer.isGood()) {
                throw new Problem(
                        ExitCode.FAILED,
                        reason(answer.status()) + "(" + answer.body().strip() + ")",
                        "",
                        null);
            }
            answer.warnings().forEach(warning -> session.messages().warning(warning.text()));
            show(answer);
        }
        return ExitCode.OK;
    }

    private void show(Answer answer) {
        if (file.isPresent()) {
            try {
                Files.writeString(file.get(), answer.body());
            } catch (IOException e) {
                throw Problem.failed(
                        "Cannot write " + file.get() + ": " + e.getMessage() + ".", "Check its folder.", e);
            }
        } else if (!answer.body().isBlank()) {
            output.print(session, answer.json());
        }
    }

    private String path(Arm arm) {
        var whole = url.replace("{subscriptionId}", arm.subscription());
        if (whole.contains("://")) {
            var endpoint = arm.endpoint().toString();
            if (!whole.toLowerCase(Locale.ROOT).startsWith(endpoint.toLowerCase(Locale.ROOT) + "/")) {
                throw Problem.failed(
                        "The URL is not of " + endpoint + ", and the administrator's token goes nowhere else.",
                        "Give the path alone: --url /subscriptions/…");
            }
            whole = whole.substring(endpoint.length());
        }
        var query = new StringBuilder();
        pairs("--uri-parameters", parameters)
                .forEach((key, value) ->
                        query.append('&').append(encoded(key)).append('=').append(encoded(value)));
        if (!query.isEmpty()) {
            whole += whole.contains("?") ? query : "?" + query.substring(1);
        }
        try {
            // What a shell's quotes let through and a URL cannot hold: <resource-group> left in place, a blank.
            return URI.create(whole.startsWith("/") ? whole : "/" + whole).toASCIIString();
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    ExitCode.USAGE,
                    "argument --url: '" + url + "' is no URL.",
                    "Put names in place of <…>; '{subscriptionId}' may stay.",
                    e);
        }
    }

    private String content(String given) {
        if (!given.startsWith("@")) {
            return given;
        }
        var name = given.substring(1);
        try {
            if (name.equals("-")) {
                return String.join("\n", session.in().lines().toList());
            }
            return Files.readString(Path.of(name));
        } catch (IOException e) {
            throw Problem.failed(
                    "Failed to parse argument '" + given + "': cannot read " + name + ".",
                    "Check that the file is there.",
                    e);
        }
    }

    private static Map<String, String> pairs(String option, List<String> words) {
        var pairs = new LinkedHashMap<String, String>();
        var object = words.size() == 1 && words.getFirst().startsWith("{")
                ? Json.parse(words.getFirst())
                : Pairs.of(option, words);
        object.properties()
                .forEach(pair -> pairs.put(pair.getKey(), pair.getValue().asText()));
        return pairs;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The status in a word (RFC 9110, 15), as az has it. */
    private static String reason(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            default -> "HTTP " + status;
        };
    }
}
