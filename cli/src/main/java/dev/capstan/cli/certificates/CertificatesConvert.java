package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "convert",
        description = {
            "Makes of files of certificates, in whatever form, what the Azure CLI, kubectl or az rest takes. Each certificate is"
                    + " in it once. What was understood though it is not as it should be is said on standard error.",
            "Nothing is printed where something is in error, unless that is to be left out."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 done, 1 failed, 2 wrong command line",
            "  capstan certificates convert --to file exported.p7b >FileWithCAs",
            "  capstan certificates convert --to secret cas/*.crt | kubectl apply -f -",
            "  capstan certificates convert --to arm cas.pem >body.json"
        })
public final class CertificatesConvert implements Callable<Integer> {

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to read; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FORM",
            description =
                    "file (blank lines between, for --custom-ca-trust-certificates), secret (a manifest), arm (JSON for"
                            + " az rest) or bundle (PEM, sorted).")
    private ConvertFormat form = ConvertFormat.file;

    @Option(names = "--leave-out-errors", description = "Leave out what is in error, and say it, instead of failing.")
    private boolean leaveOut;

    public CertificatesConvert(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var certificates = new LinkedHashSet<Certificate>();
        FileReading.certificates(session, files, leaveOut).stream()
                .map(Reading.Sourced::certificate)
                .forEach(certificates::add);
        if (certificates.isEmpty()) {
            throw Problem.failed(
                    "There is no CA certificate in what was given.",
                    "'capstan certificates lint' says of each file what is in it.");
        }
        var all = List.copyOf(certificates);
        form.limits(CertificateSet.of(all), Place.of("what was made"))
                .forEach(finding -> session.messages().warning(FileReading.words(finding)));
        session.out().print(form.of(all));
        session.out().flush();
        return ExitCode.OK;
    }
}
