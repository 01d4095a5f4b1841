package dev.capstan.cli.truststore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Identity;
import dev.capstan.cli.output.Table;
import dev.capstan.truststore.Contents;
import dev.capstan.truststore.Wanted;
import dev.capstan.truststore.reader.ClientViews;
import dev.capstan.truststore.reader.Disagreement;
import dev.capstan.truststore.reader.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found out about a trust store: whether its clients agree, and whether they see what was asked for. The one is
 * judged by reading as they do; what the writer believes comes last and beside it.
 *
 * @param asked what was last asked for
 * @param contents what the writer makes of the store
 * @param clients what the clients make of it
 */
record Verdict(Optional<Wanted> asked, Contents contents, ClientViews clients) {

    private static final int SHOWN = 3;

    /** A certificate that was asked for and that a client does not trust, or was distrusted and that one does. */
    private record Unmet(Identity identity, String subject, String words) {}

    boolean agrees() {
        return clients.disagreements().isEmpty() && contents.damages().isEmpty() && unmet().isEmpty();
    }

    /** Certificates asked for that nobody trusts; where some do it is a disagreement already. */
    private List<Unmet> unmet() {
        List<Unmet> unmet = new ArrayList<>();
        for (var certificate : asked.orElse(Wanted.nothing()).certificates().certificates()) {
            if (trusting(certificate.identity()).isEmpty()) {
                unmet.add(
                        new Unmet(certificate.identity(), certificate.subject(), "asked for, and no client trusts it"));
            }
        }
        for (var identity : asked.orElse(Wanted.nothing()).distrusted()) {
            var seen = clients.certificates().get(identity);
            if (seen != null && !trusting(identity).isEmpty()) {
                unmet.add(new Unmet(identity, seen.subject(), "distrusted, and yet trusted by " + trusting(identity)));
            }
        }
        return unmet;
    }

    private String trusting(Identity identity) {
        return clients.views().stream()
                .filter(view -> view.trusted().containsKey(identity))
                .map(view -> view.client().title())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    String text() {
        var table = new Table("CLIENT", "FOR EXAMPLE", "CERTIFICATES", "READS");
        for (var view : clients.views()) {
            var count = Integer.toString(view.trusted().size());
            table.add(
                    view.client().title(),
                    view.client().programs(),
                    count,
                    switch (view) {
                        case View.Trusting trusting -> String.join(", ", trusting.places());
                        case View.Failing failing ->
                            "cannot read " + failing.fault().path();
                        case View.Absent absent -> absent.words();
                    });
        }
        var text = new StringBuilder(table.toString());
        text.append(String.format(
                "Asked for: %s.%n", asked.map(TrustStoreApply::asked).orElse("nothing yet")));
        for (var one : unmet()) {
            text.append(String.format("%n%s  SHA-256 %s%n  %s%n", one.subject(), one.identity(), one.words()));
            text.append(String.format("  do: Run 'capstan truststore apply'.%n"));
        }
        ofClients(text);
        ofCertificates(text);
        for (var damage : contents.damages()) {
            text.append(String.format("%n%s%n  %s%n", damage.path(), damage.words()));
            text.append(String.format("  do: Run 'capstan truststore apply'.%n"));
        }
        text.append(StoreWords.remarks(contents.remarks()));
        return text.append(
                        String.format(agrees() ? "All agree.%n" : "%nThey do not agree, or it is not as asked for.%n"))
                .toString();
    }

    private void ofClients(StringBuilder text) {
        for (var disagreement : clients.disagreements()) {
            if (disagreement instanceof Disagreement.OfClient of) {
                text.append(String.format(
                        "%n%s%s%n  %s: %s%n  do: %s%n",
                        of.client().title(),
                        of.readsNothing() ? " trusts nothing" : "",
                        of.fault().path(),
                        of.fault().words(),
                        of.remedy()));
            }
        }
    }

    /** Certificates that the same clients miss in the same way are told of together. */
    private void ofCertificates(StringBuilder text) {
        Map<String, List<Disagreement.OfCertificate>> alike = new LinkedHashMap<>();
        for (var disagreement : clients.disagreements()) {
            if (disagreement instanceof Disagreement.OfCertificate of) {
                alike.computeIfAbsent(alike(of), key -> new ArrayList<>()).add(of);
            }
        }
        for (var group : alike.values()) {
            text.append(System.lineSeparator());
            for (var of : group.subList(0, Math.min(SHOWN, group.size()))) {
                text.append(String.format(
                        "%s  SHA-256 %s%n",
                        of.certificate().subject(), of.certificate().identity()));
            }
            if (group.size() > SHOWN) {
                text.append(String.format("and %d more in the same way; -o json names all%n", group.size() - SHOWN));
            }
            var first = group.getFirst();
            for (var sight : first.seenBy()) {
                text.append(
                        String.format("  seen by    %s: %s%n", sight.client().title(), sight.path()));
            }
            for (var sight : first.missedBy()) {
                text.append(String.format(
                        "  missed by  %s: %s: %s%n", sight.client().title(), sight.path(), sight.words()));
            }
            text.append(String.format("  do: %s%n", first.remedy()));
        }
    }

    private static String alike(Disagreement.OfCertificate of) {
        return of.seenBy().stream().map(Disagreement.Sight::client).toList() + " "
                + of.missedBy().stream().map(Disagreement.Sight::client).toList() + of.remedy();
    }

    ObjectNode json(ObjectNode json) {
        json.put("agrees", agrees());
        json.put(
                "fingerprint", asked.map(wanted -> wanted.fingerprint().value()).orElse(null));
        var list = json.putArray("clients");
        for (var view : clients.views()) {
            var client = list.addObject().put("client", view.client().title());
            client.put(
                    "state",
                    switch (view) {
                        case View.Trusting trusting -> "reads";
                        case View.Failing failing -> "fails";
                        case View.Absent absent -> "absent";
                    });
            var places = client.putArray("places");
            if (view instanceof View.Trusting trusting) {
                trusting.places().forEach(places::add);
            }
            var certificates = client.putArray("certificates");
            view.trusted().keySet().forEach(identity -> certificates.add(identity.hex()));
        }
        var unmet = json.putArray("unmet");
        for (var one : unmet()) {
            unmet.addObject()
                    .put("sha256", one.identity().hex())
                    .put("subject", one.subject())
                    .put("words", one.words());
        }
        var disagreements = json.putArray("disagreements");
        clients.disagreements().forEach(disagreement -> add(disagreements, disagreement));
        var damages = json.putArray("damages");
        for (var damage : contents.damages()) {
            damages.addObject().put("path", damage.path()).put("words", damage.words());
        }
        contents.remarks().forEach(json.putArray("notes")::add);
        return json;
    }

    private static void add(ArrayNode disagreements, Disagreement disagreement) {
        var json = disagreements.addObject();
        switch (disagreement) {
            case Disagreement.OfClient of -> {
                json.put("client", of.client().title()).put("trustsNothing", of.readsNothing());
                json.put("path", of.fault().path()).put("words", of.fault().words());
            }
            case Disagreement.OfCertificate of -> {
                json.put("sha256", of.certificate().identity().hex());
                json.put("subject", of.certificate().subject());
                sights(json.putArray("seenBy"), of.seenBy());
                sights(json.putArray("missedBy"), of.missedBy());
            }
        }
        json.put("remedy", disagreement.remedy());
    }

    private static void sights(ArrayNode list, List<Disagreement.Sight> sights) {
        for (var sight : sights) {
            list.addObject()
                    .put("client", sight.client().title())
                    .put("path", sight.path())
                    .put("words", sight.words());
        }
    }
}
