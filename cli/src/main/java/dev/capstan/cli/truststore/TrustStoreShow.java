package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.output.Table;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import dev.capstan.truststore.Inventory;
import dev.capstan.truststore.Wanted;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = {
            "Shows every certificate of the trust store: who put it there, until when it is valid, in which outputs it is.",
            "Who: the distribution, an administrator (with the path), Capstan, or by hand (no anchor explains it)."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed, 2 wrong command line",
            "  capstan truststore show",
            "  capstan truststore show -o json | jq -r '.certificates[] | select(.who[].kind == \"by hand\").sha256'"
        })
public final class TrustStoreShow implements Callable<Integer> {

    private static final int WIDEST = 60;

    private final Session session;

    @Mixin
    private RootOption root = new RootOption();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public TrustStoreShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var store = root.store();
        var words = new StoreWords(root.path(), store.family());
        var asked = RootOption.doing(store::asked);
        var inventory = RootOption.doing(store::inventory);
        output.print(session, json(words, asked, inventory), text(words, asked, inventory));
        return ExitCode.OK;
    }

    private static String text(StoreWords words, Optional<Wanted> asked, Inventory inventory) {
        var family = words.family();
        var text = new StringBuilder(words.title());
        text.append(String.format("  anchors   %s%n", family.anchors()));
        for (var one : family.outputs()) {
            text.append(String.format(
                    "  output    %s (%s; read by %s)%n", one.path(), one.kind().words(), one.readers()));
        }
        text.append(String.format(
                "  hook      %s%n", family.hookFolder().orElse("none: this tool runs no programs of others")));
        text.append(String.format(
                "  asked     %s%n", asked.map(TrustStoreApply::asked).orElse("nothing yet")));
        asked.ifPresent(wanted ->
                wanted.distrusted().forEach(identity -> text.append(String.format("  distrust  %s%n", identity))));
        text.append(String.format(
                "  holds     %d certificates%n%n", inventory.items().size()));
        var table = new Table("EXPIRES", "WHO", "OUTPUTS", "SUBJECT", "SHA-256");
        var all = inventory.items().stream()
                .flatMap(item -> item.outputs().stream())
                .collect(Collectors.toSet());
        inventory.items().stream()
                .sorted(Comparator.comparingInt(TrustStoreShow::rank).thenComparing(Inventory.Item::subject))
                .forEach(item -> table.add(
                        item.notAfter()
                                .map(instant -> instant.toString().substring(0, 10))
                                .orElse(""),
                        item.owners().stream().map(TrustStoreShow::who).collect(Collectors.joining(", ")),
                        outputs(all, item),
                        cut(item.subject()),
                        item.identity().hex()));
        return text.append(table).toString();
    }

    /** What people look for comes first: what is odd, ours, an administrator's; then the distribution's many. */
    private static int rank(Inventory.Item item) {
        return item.owners().stream()
                .mapToInt(owner -> switch (owner) {
                    case Inventory.Owner.Unknown unknown -> 0;
                    case Inventory.Owner.Capstan capstan -> 1;
                    case Inventory.Owner.Administrator administrator -> 2;
                    case Inventory.Owner.Distribution distribution -> 3;
                })
                .min()
                .orElse(0);
    }

    private static String who(Inventory.Owner owner) {
        return switch (owner) {
            case Inventory.Owner.Administrator administrator -> "administrator: " + administrator.path();
            default -> kind(owner);
        };
    }

    private static String kind(Inventory.Owner owner) {
        return switch (owner) {
            case Inventory.Owner.Distribution distribution -> "distribution";
            case Inventory.Owner.Administrator administrator -> "administrator";
            case Inventory.Owner.Capstan capstan -> "Capstan";
            case Inventory.Owner.Unknown unknown -> "by hand";
        };
    }

    private static Optional<String> path(Inventory.Owner owner) {
        return switch (owner) {
            case Inventory.Owner.Distribution distribution -> Optional.of(distribution.path());
            case Inventory.Owner.Administrator administrator -> Optional.of(administrator.path());
            case Inventory.Owner.Capstan capstan -> Optional.empty();
            case Inventory.Owner.Unknown unknown -> Optional.empty();
        };
    }

    /** A subject as wide as tables can bear; JSON has it whole. */
    private static String cut(String subject) {
        return subject.length() <= WIDEST ? subject : subject.substring(0, WIDEST - 1) + "…";
    }

    /** In words; {@code all} are the outputs that hold anything: a root without Java has no keystore. */
    private static String outputs(Set<String> all, Inventory.Item item) {
        if (item.outputs().isEmpty()) {
            return "none";
        }
        return item.outputs().containsAll(all) ? "all" : String.join(", ", item.outputs());
    }

    private static ObjectNode json(StoreWords words, Optional<Wanted> asked, Inventory inventory) {
        var json = words.json();
        json.put(
                "fingerprint", asked.map(wanted -> wanted.fingerprint().value()).orElse(null));
        var distrusted = json.putArray("distrusted");
        asked.ifPresent(wanted -> wanted.distrusted().forEach(identity -> distrusted.add(identity.hex())));
        var certificates = json.putArray("certificates");
        for (var item : inventory.items()) {
            var certificate = certificates.addObject();
            certificate.put("sha256", item.identity().hex());
            certificate.put("subject", item.subject());
            certificate.put("notAfter", item.notAfter().map(Object::toString).orElse(null));
            var who = certificate.putArray("who");
            for (var owner : item.owners()) {
                who.addObject().put("kind", kind(owner)).put("path", path(owner).orElse(null));
            }
            item.outputs().forEach(certificate.putArray("outputs")::add);
        }
        return json;
    }
}
