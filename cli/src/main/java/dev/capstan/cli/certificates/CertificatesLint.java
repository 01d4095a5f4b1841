package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "lint",
        description = {
            "Says of files of certificates what is wrong with them, where, and how to mend it. Reads PEM in every form it"
                    + " is met in, DER, PKCS#7, base64 of these, Secrets, ConfigMaps, kubeconfigs and bodies of clusters.",
            "docs/findings explains every code, docs/inputs.md what each of Capstan's doors does with an input."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 no errors (with --strict: no warnings either), 1 errors, 2 wrong command line",
            "  capstan certificates lint cas.pem",
            "  kubectl get secret -n kube-system custom-ca-trust-secret -o yaml | capstan certificates lint -",
            "  capstan certificates lint --strict -o sarif cas/*.pem >cas.sarif"
        })
public final class CertificatesLint implements Callable<Integer> {

    /** So many inputs need no progress. */
    private static final int FEW = 20;

    /** To the start of the line, and what is on it away (ECMA-48: CR, EL). */
    private static final String WIPE = "\r\u001b[K";

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to read; - is standard input.")
    private List<String> files = List.of();

    @Option(names = "--strict", description = "Exit with 1 on warnings too.")
    private boolean strict;

    @Option(
            names = "--expires-within",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "Mention certificates that expire within so many days; default 30.")
    private int days = 30;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table (for people), json (for programs) or sarif (for CI).")
    private LintFormat format = LintFormat.table;

    public CertificatesLint(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var report = LintReport.of(format, session.out());
        var reader = new CertificateReader(InstantSource.system(), Duration.ofDays(Math.max(0, days)));
        var system = SystemStore.identities();
        report.begin();
        var memory = new ReadingMemory(Runtime.getRuntime().maxMemory());
        var cores = Runtime.getRuntime().availableProcessors();
        try (var workers = Executors.newFixedThreadPool(Math.min(cores, files.size()))) {
            // In the order of the command line, and never many ahead: what is done is printed and forgotten.
            var ahead = new ArrayDeque<Future<Linted>>();
            var next = files.iterator();
            while (next.hasNext() || !ahead.isEmpty()) {
                while (next.hasNext() && ahead.size() < 4 * cores) {
                    ahead.add(submit(workers, reader, next.next(), system, memory));
                }
                add(report, done(ahead.remove()));
            }
        }
        report.end();
        session.out().flush();
        return report.count(Severity.ERROR) > 0 || (strict && report.count(Severity.WARNING) > 0)
                ? ExitCode.FAILED
                : ExitCode.OK;
    }

    private static Future<Linted> submit(
            ExecutorService workers,
            CertificateReader reader,
            String file,
            Set<Identity> system,
            ReadingMemory memory) {
        return workers.submit(() -> Linted.of(reader, file, system, memory));
    }

    private static Linted done(Future<Linted> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the reader of certificates failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.failed("Interrupted.", "");
        }
    }

    /** Adds an input to the report. On a terminal the line of progress makes way for it, and stands behind it again. */
    private void add(LintReport report, Linted linted) {
        var progress = session.terminal() && files.size() > FEW;
        if (progress) {
            session.err().print(WIPE);
            session.err().flush();
        }
        report.add(linted);
        if (progress && report.files() < files.size()) {
            session.out().flush();
            session.err().print(report.files() + " of " + files.size() + " inputs read");
            session.err().flush();
        }
    }
}
