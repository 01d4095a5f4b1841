package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Reading;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = {
            "Compares the CA certificates of two files. Order, white space, encodings and names of keys do not count.",
            "A renewal is a certificate of the same CA, with the same name and key."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 the same certificates, 1 failed, 2 wrong command line, 3 not the same",
            "  capstan certificates diff cas.pem cas-next.pem",
            "  kubectl get secret -n kube-system custom-ca-trust-secret -o yaml | capstan certificates diff - cas.pem"
        })
public final class CertificatesDiff implements Callable<Integer> {

    /** As {@code truststore plan} has it: something is different. */
    private static final int DIFFERENT = 3;

    private final Session session;

    @Parameters(index = "0", paramLabel = "A", description = "What was; - is standard input.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "B", description = "What is; - is standard input.")
    private String after = "";

    @Mixin
    private TextOrJson output = new TextOrJson();

    public CertificatesDiff(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var old = set(before);
        var now = set(after);
        var json = Json.object();
        var added = json.putArray("added");
        var removed = json.putArray("removed");
        var both = json.putArray("both");
        var text = new StringBuilder();
        for (var certificate : old.union(now).certificates()) {
            var details = CertificateDetails.of(certificate).json();
            var here = old.contains(certificate.identity());
            var there = now.contains(certificate.identity());
            var renewal = here && there ? Optional.<Certificate>empty() : renewal(certificate, here ? now : old);
            details.put("renewal", renewal.map(other -> other.identity().hex()).orElse(null));
            (here && there ? both : there ? added : removed).add(details);
            if (here != there) {
                text.append(String.format(
                        "%s %s  %s  to %s%s%n",
                        there ? "+" : "-",
                        certificate.identity(),
                        certificate.subject(),
                        certificate.notAfter().toString().substring(0, 10),
                        renewal.isEmpty() ? "" : there ? "  (a renewal)" : "  (renewed)"));
            }
        }
        text.append(String.format("%d added, %d removed, %d in both.%n", added.size(), removed.size(), both.size()));
        json.put("same", old.equals(now));
        output.print(session, json, text);
        return old.equals(now) ? ExitCode.OK : DIFFERENT;
    }

    private CertificateSet set(String file) {
        return CertificateSet.of(FileReading.certificates(session, List.of(file), false).stream()
                .map(Reading.Sourced::certificate)
                .toList());
    }

    private static Optional<Certificate> renewal(Certificate certificate, CertificateSet others) {
        return others.certificates().stream()
                .filter(other -> Arrays.equals(other.subjectDer(), certificate.subjectDer())
                        && Arrays.equals(other.keyDer(), certificate.keyDer()))
                .findFirst();
    }
}
