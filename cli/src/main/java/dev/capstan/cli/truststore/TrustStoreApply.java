package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import dev.capstan.truststore.Applied;
import dev.capstan.truststore.Wanted;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = {
            "Brings the trust store to what is asked for, whole or not at all, and reads it back.",
            "Without a file: to what was last asked for, again. That mends it after somebody else changed it."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 the store is as asked for, 1 failed, 2 wrong command line or file (nothing was changed)",
            "  capstan truststore apply --certificates cas.pem",
            "  capstan truststore apply --root /mnt/image --certificates cas.pem --distrust not-these.txt",
            "  capstan truststore apply --quiet"
        })
public final class TrustStoreApply implements Callable<Integer> {

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    @Mixin
    private WantedOptions options = new WantedOptions();

    @Option(names = "--quiet", description = "Say nothing where there was nothing to do.")
    private boolean quiet;

    @Mixin
    private TextOrJson output = new TextOrJson();

    public TrustStoreApply(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var store = options.hooked(session, root.store());
        var asked = RootOption.doing(store::asked);
        var wanted = options.isGiven() ? Optional.of(options.wanted(session, asked)) : asked;
        var names = new Names();
        asked.ifPresent(before -> names.and(before.certificates()));
        wanted.ifPresent(now -> names.and(now.certificates()));
        if (options.distrusts()) {
            RootOption.doing(store::inventory).items().forEach(item -> names.and(item.identity(), item.subject()));
        }
        var applied = RootOption.doing(
                () -> options.isGiven() && wanted.isPresent() ? store.apply(wanted.get()) : store.reapply());
        if (applied.written() || !quiet) {
            var words = new StoreWords(root.path(), store.family());
            output.print(session, json(words, wanted, applied, names), text(words, wanted, applied, names));
        }
        return ExitCode.OK;
    }

    private static String text(StoreWords words, Optional<Wanted> wanted, Applied applied, Names names) {
        var text = new StringBuilder(words.title());
        text.append(names.lines("+", applied.added()));
        text.append(names.lines("-", applied.removed()));
        text.append(names.lines("distrust", applied.distrusted()));
        if (wanted.isEmpty()) {
            text.append(String.format("Nothing was ever asked of it; --certificates FILE says what to add.%n"));
        } else {
            text.append(String.format("%s: %s.%n", applied.written() ? "Done" : "Nothing to do", asked(wanted.get())));
        }
        return text.append(StoreWords.remarks(applied.remarks())).toString();
    }

    /** {@code it holds 2 certificates of Capstan's, v1:…; 1 is distrusted}. */
    static String asked(Wanted wanted) {
        var size = wanted.certificates().size();
        var distrusted = wanted.distrusted().size();
        return String.format(
                "%d certificate%s of Capstan's beside the distribution's%s (%s)",
                size,
                size == 1 ? "" : "s",
                distrusted == 0 ? "" : ", " + distrusted + " distrusted",
                wanted.fingerprint());
    }

    private static ObjectNode json(StoreWords words, Optional<Wanted> wanted, Applied applied, Names names) {
        var json = words.json().put("written", applied.written());
        json.set("added", names.json(applied.added()));
        json.set("removed", names.json(applied.removed()));
        json.set("distrusted", names.json(applied.distrusted()));
        json.put("fingerprint", wanted.map(now -> now.fingerprint().value()).orElse(null));
        applied.remarks().forEach(json.putArray("notes")::add);
        return json;
    }
}
