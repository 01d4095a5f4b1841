package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import dev.capstan.truststore.Plan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "plan",
        description = "Shows what 'apply' would change: certificates, paths, bytes. Changes nothing.",
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 nothing would change, 1 failed, 2 wrong command line or file, 3 something would change",
            "  capstan truststore plan --certificates cas.pem",
            "  capstan truststore plan --root /mnt/image --certificates cas.pem -o json"
        })
public final class TrustStorePlan implements Callable<Integer> {

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    @Mixin
    private WantedOptions options = new WantedOptions();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public TrustStorePlan(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var store = options.hooked(session, root.store());
        var asked = RootOption.doing(store::asked);
        var wanted = options.wanted(session, asked);
        var plan = RootOption.doing(() -> store.plan(wanted));
        var words = new StoreWords(root.path(), store.family());
        var names = new Names().and(wanted.certificates());
        asked.ifPresent(before -> names.and(before.certificates()));
        if (!plan.removed().isEmpty() || !plan.distrusted().isEmpty()) {
            RootOption.doing(store::inventory).items().forEach(item -> names.and(item.identity(), item.subject()));
        }
        output.print(session, json(words, plan, names), text(words, plan, names));
        return plan.isEmpty() ? ExitCode.OK : TrustStoreExit.DIFFERENT;
    }

    private static String text(StoreWords words, Plan plan, Names names) {
        var text = new StringBuilder(words.title());
        if (plan.isEmpty()) {
            text.append(String.format("Nothing would change.%n"));
        } else {
            text.append(String.format("Would change:%n"));
            text.append(names.lines(
                    "+", plan.added().stream().map(Certificate::identity).toList()));
            text.append(names.lines("-", plan.removed()));
            text.append(names.lines("distrust", plan.distrusted()));
        }
        for (var change : plan.changes()) {
            text.append(String.format("  %-8s %s%s%n", verb(change), change.path(), size(change)));
            text.append(String.format("             %s%n", change.why()));
        }
        return text.append(StoreWords.remarks(plan.remarks())).toString();
    }

    private static String verb(Plan.PathChange change) {
        return switch (change) {
            case Plan.Created created -> "create";
            case Plan.Replaced replaced -> "replace";
            case Plan.Removed removed -> "remove";
        };
    }

    private static long bytes(Plan.PathChange change) {
        return switch (change) {
            case Plan.Created created -> created.bytes();
            case Plan.Replaced replaced -> replaced.bytes();
            case Plan.Removed removed -> 0;
        };
    }

    private static String size(Plan.PathChange change) {
        return bytes(change) == 0 ? "" : ", " + bytes(change) + " bytes";
    }

    private static ObjectNode json(StoreWords words, Plan plan, Names names) {
        var json = words.json().put("changes", !plan.isEmpty());
        json.set(
                "added",
                names.json(plan.added().stream().map(Certificate::identity).toList()));
        json.set("removed", names.json(plan.removed()));
        json.set("distrusted", names.json(plan.distrusted()));
        var paths = json.putArray("paths");
        for (var change : plan.changes()) {
            paths.addObject()
                    .put("change", verb(change))
                    .put("path", change.path())
                    .put("bytes", bytes(change))
                    .put("why", change.why());
        }
        plan.remarks().forEach(json.putArray("notes")::add);
        return json;
    }
}
