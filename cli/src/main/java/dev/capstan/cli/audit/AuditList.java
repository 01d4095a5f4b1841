package dev.capstan.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = {
            "Lists who did what: writes, refused writes, logins and changes of service principals. Needs no control plane.",
            "The newest records that fit, oldest first. 'before' and 'after' are fingerprints of the cluster's certificate set.",
            "Code EndUnknown: the server was killed while this write was under way; UnderWay: it has not ended, or no start followed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan audit list -o table",
            "  capstan audit list --resource managedClusters/one --since 2026-11-22T00:00:00Z",
            "  capstan audit list --refused --kind login -o table"
        })
public final class AuditList implements Callable<Integer> {

    private static final UnaryOperator<JsonNode> TABLE = Output.columns(
            "Sequence", "/sequence",
            "Time", "/time",
            "Kind", "/kind",
            "Caller", "/caller",
            "Address", "/address",
            "Method", "/method",
            "Resource", "/resource",
            "Status", "/status",
            "Code", "/code");

    private final Session session;

    @Option(names = "--folder", paramLabel = "DIR", description = "The log's folder; CAPSTAN_HOME/audit if not given.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--kind", paramLabel = "KIND", description = "Only write, principal, login or log.")
    private Optional<String> kind = Optional.empty();

    @Option(names = "--caller", paramLabel = "NAME", description = "Only by this caller: 'administrator', or an appId.")
    private Optional<String> caller = Optional.empty();

    @Option(
            names = "--resource",
            paramLabel = "TEXT",
            description = "Only resources with this in their id, in any case.")
    private Optional<String> resource = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "Only from this time on: 2026-11-22T03:00:00Z.")
    private Optional<String> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "Only before this time.")
    private Optional<String> until = Optional.empty();

    @Option(names = "--refused", description = "Only what was refused.")
    private boolean refused;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "1000",
            description = "No more than the newest N; 1000 if not given.")
    private int top;

    @Mixin
    private Output output = new Output();

    public AuditList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var wanted = wanted();
        var newest = new ArrayDeque<JsonNode>();
        var files = new AuditFiles(folder.orElse(session.home().folder().resolve("audit")));
        var underWay = files.underWay();
        files.read(line -> {
            if (!line.isWhole()) {
                return;
            }
            JsonNode record;
            try {
                record = Json.parse(line.text());
            } catch (RuntimeException noRecord) {
                session.messages().warning(line.place() + " is no record; see 'capstan audit verify'.");
                return;
            }
            underWay.remove(record.path("request").asText());
            if (wanted.test(record)) {
                newest.add(record);
                if (newest.size() > Math.max(1, top)) {
                    newest.removeFirst();
                }
            }
        });
        underWay.values().stream().filter(wanted).forEach(newest::add);
        var records = Json.array();
        newest.forEach(records::add);
        output.print(session, records, TABLE);
        return ExitCode.OK;
    }

    private Predicate<JsonNode> wanted() {
        Predicate<JsonNode> wanted = record -> true;
        if (kind.isPresent()) {
            wanted = wanted.and(record -> record.path("kind").asText().equalsIgnoreCase(kind.get()));
        }
        if (caller.isPresent()) {
            wanted = wanted.and(record -> record.path("caller").asText().equalsIgnoreCase(caller.get()));
        }
        if (resource.isPresent()) {
            var text = resource.get().toLowerCase(Locale.ROOT);
            wanted = wanted.and(record ->
                    record.path("resource").asText().toLowerCase(Locale.ROOT).contains(text));
        }
        if (since.isPresent()) {
            var from = time("--since", since.get());
            wanted = wanted.and(record -> !timeOf(record).isBefore(from));
        }
        if (until.isPresent()) {
            var to = time("--until", until.get());
            wanted = wanted.and(record -> timeOf(record).isBefore(to));
        }
        return refused ? wanted.and(record -> record.path("status").asInt() >= 400) : wanted;
    }

    private static Instant timeOf(JsonNode record) {
        try {
            return Instant.parse(record.path("time").asText());
        } catch (DateTimeParseException changedByHand) {
            return Instant.EPOCH;
        }
    }

    private static Instant time(String option, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Problem.failed(option + " " + text + " is no time.", "For example: 2026-11-22T03:00:00Z", e);
        }
    }
}
