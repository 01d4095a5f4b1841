package dev.capstan.cli.audit;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description = {
            "Checks that no record of the audit log was changed, dropped, inserted or moved. Needs no control plane.",
            "Prints how many records there are and the last one's hash: kept elsewhere, it proves all of them.",
            "Names the writes whose end is unknown, because the server was killed while they were under way."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 the chain is whole, 1 it is not",
            "  capstan audit verify",
            "  capstan audit verify --folder /backup/audit --from 1"
        })
public final class AuditVerify implements Callable<Integer> {

    private final Session session;

    @Option(names = "--folder", paramLabel = "DIR", description = "The log's folder; CAPSTAN_HOME/audit if not given.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "1",
            description = "The record that the log begins with, where earlier files are archived elsewhere.")
    private long from;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table (words for people) or json (for programs).")
    private Form form = Form.table;

    /** Spelled as they are on the command line. */
    enum Form {
        table,
        json
    }

    public AuditVerify(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var files = new AuditFiles(folder.orElse(session.home().folder().resolve("audit")));
        // Before the records: while a server writes, the log may be ahead of these and never behind.
        var head = files.head();
        var verification = new Verification(from, files.underWay());
        files.read(verification::take);
        verification.end(head);
        var isWhole = verification.problems().isEmpty();
        if (form == Form.json) {
            var json = Json.object()
                    .put("isWhole", isWhole)
                    .put("records", verification.records())
                    .put("lastHash", verification.hash());
            var problems = json.putArray("problems");
            verification.problems().forEach(problems::add);
            var notes = json.putArray("notes");
            verification.notes().forEach(notes::add);
            session.out().println(Json.print(json));
        } else {
            verification.problems().forEach(session.out()::println);
            verification.notes().forEach(session.out()::println);
            session.out()
                    .println((isWhole ? "Whole: " : "NOT WHOLE: ") + verification.records()
                            + " records; the last one's hash is " + verification.hash());
        }
        session.out().flush();
        return isWhole ? ExitCode.OK : ExitCode.FAILED;
    }
}
