package dev.capstan.cli.certificates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
            var place = places.getOrDefault(branch.certificate(), "");
            list.add(json(branch).put("place", place).put("depth", branch.depth()));
            text.append(words(branch, place));
        }
        if (tree.isEmpty()) {
            text.append(String.format("No CA certificate that can be used.%n"));
        }
        output.print(session, json, text);
        return ExitCode.OK;
    }

    private static ObjectNode json(ChainTree.Branch branch) {
        var json = CertificateDetails.of(branch.certificate()).json();
        var issuers = json.putArray("issuedBy");
        branch.issuers().forEach(each -> issuers.add(each.identity().hex()));
        var same = json.putArray("sameAuthority");
        branch.sameAuthority().forEach(each -> same.add(each.identity().hex()));
        return json;
    }

    private static String words(ChainTree.Branch branch, String place) {
        var details = CertificateDetails.of(branch.certificate());
        var lines = new ArrayList<String>();
        lines.add("issuer   " + details.issuer() + (branch.lacksIssuer() ? " (not here)" : ""));
        lines.add("valid    " + details.notBefore() + " to " + details.notAfter());
        lines.add("SHA-256  " + branch.certificate().identity());
        lines.add("key      " + branch.certificate().keyName());
        lines.add("use      " + details.use());
        branch.sameAuthority().forEach(each -> lines.add("same CA  " + beside(branch.certificate(), each)));
        lines.add("from     " + place);
        var indent = "   ".repeat(branch.depth() + 1);
        return (branch.depth() == 0 ? "" : "   ".repeat(branch.depth() - 1) + "└─ ")
                + lines.stream()
                        .map(line -> indent + line)
                        .collect(Collectors.joining(
                                System.lineSeparator(),
                                branch.certificate().subject() + System.lineSeparator(),
                                System.lineSeparator()));
    }

    /** The identity of another certificate of a CA, and what it is beside this one. */
    private static String beside(Certificate certificate, Certificate other) {
        return other.identity()
                + (Arrays.equals(certificate.issuerDer(), other.issuerDer())
                        ? ", its renewal or what it renews"
                        : ", certified by " + CertificateDetails.of(other).issuer());
    }
}
