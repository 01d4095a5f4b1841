package dev.capstan.cli.truststore;

import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "uninstall",
        description =
                "Leaves the trust store as the distribution's own tool alone would make it: no certificate, no hook and"
                        + " no record of Capstan's, and nothing distrusted by it.",
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed, 2 wrong command line",
            "  capstan truststore uninstall",
            "  capstan truststore uninstall --root /mnt/image"
        })
public final class TrustStoreUninstall implements Callable<Integer> {

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public TrustStoreUninstall(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var store = root.store();
        var names = new Names();
        RootOption.doing(store::inventory).items().forEach(item -> names.and(item.identity(), item.subject()));
        var done = RootOption.doing(store::uninstall);
        RootOption.doing(store::inventory).items().forEach(item -> names.and(item.identity(), item.subject()));
        var words = new StoreWords(root.path(), store.family());
        var json = words.json();
        json.set("removed", names.json(done.removed()));
        json.set("restored", names.json(done.restored()));
        done.paths().forEach(json.putArray("paths")::add);
        var text = new StringBuilder(words.title());
        text.append(names.lines("-", done.removed()));
        text.append(names.lines("trusted again:", done.restored()));
        done.paths().forEach(path -> text.append(String.format("  changed or removed %s%n", path)));
        output.print(session, json, text.append(String.format("Done.%n")));
        return ExitCode.OK;
    }
}
