package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description = {
            "Shows the CA certificates of files: subject, issuer, expiry, SHA-256, key and use, those that one CA issued below it.",
            "What cannot be used is left out, and said on standard error."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed, 2 wrong command line",
            "  capstan certificates show cas.pem",
            "  capstan certificates show -o json secret.yaml | jq -r '.certificates[].sha256'"
        })
public final class CertificatesShow implements Callable<Integer> {

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to read; - is standard input.")
    private List<String> files = List.of();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public CertificatesShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<Certificate, String> places = new LinkedHashMap<>();
        FileReading.certificates(session, files, true)
                .forEach(each ->
                        places.putIfAbsent(each.certificate(), each.place().toString()));
        var tree = ChainTree.of(List.copyOf(places.keySet()));
        var json = Json.object();
        var list = json.putArray("certificates");
        var text = new StringBuilder();
        for (var branch : tree) {
            var details = CertificateDetails.of(branch.certificate());
            var place = places.getOrDefault(branch.certificate(), "");
            list.add(details.json().put("place", place).put("depth", branch.depth()));
            text.append(words(details, branch.depth(), place));
        }
        if (tree.isEmpty()) {
            text.append(String.format("No CA certificate that can be used.%n"));
        }
        output.print(session, json, text);
        return ExitCode.OK;
    }

    private static String words(CertificateDetails details, int depth, String place) {
        var indent = "   ".repeat(depth);
        return String.format(
                "%s%s%n%s   issuer   %s%n%s   valid    %s to %s%n%s   SHA-256  %s%n%s   key      %s%n%s   use      %s%n%s   from     %s%n",
                depth == 0 ? "" : "   ".repeat(depth - 1) + "└─ ",
                details.certificate().subject(),
                indent,
                details.issuer(),
                indent,
                details.notBefore(),
                details.notAfter(),
                indent,
                details.certificate().identity(),
                indent,
                details.certificate().keyName(),
                indent,
                details.use(),
                indent,
                place);
    }
}
