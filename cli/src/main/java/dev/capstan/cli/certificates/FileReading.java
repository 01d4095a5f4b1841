package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.Severity;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Files that a command reads to do something with the certificates in them. */
final class FileReading {

    private FileReading() {}

    /**
     * What is in the files. Errors in them are a {@link Problem} that names all of them, unless they are to be left out; all
     * that is said of what is used goes to standard error.
     */
    static List<Reading.Sourced> certificates(Session session, List<String> files, boolean leaveOut) {
        var reader = new CertificateReader(InstantSource.system());
        var certificates = new ArrayList<Reading.Sourced>();
        var errors = new ArrayList<Finding>();
        for (var file : files) {
            try {
                var reading = Linted.read(reader, file);
                certificates.addAll(reading.certificates());
                for (var finding : reading.findings()) {
                    if (finding.severity() == Severity.ERROR && !leaveOut) {
                        errors.add(finding);
                    } else {
                        session.messages().warning(words(finding));
                    }
                }
            } catch (IOException unreadable) {
                throw Problem.failed(
                        InputBytes.name(file) + " cannot be read: " + unreadable.getMessage() + ".",
                        "Name a file that this user may read, or - for standard input.",
                        unreadable);
            }
        }
        if (!errors.isEmpty()) {
            var text = new StringBuilder("What was given cannot be used as it is:");
            errors.forEach(error -> text.append(String.format("%n  %s", words(error))));
            throw Problem.failed(text.toString(), "Mend it, or leave out what is in error with --leave-out-errors.");
        }
        return certificates;
    }

    /** A finding on one line: where, what, and what to do. */
    static String words(Finding finding) {
        return finding.place() + ": " + finding.message() + " ["
                + finding.code().word() + "] " + finding.fix();
    }
}
