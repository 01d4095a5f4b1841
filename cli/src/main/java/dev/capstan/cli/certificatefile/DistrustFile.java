package dev.capstan.cli.certificatefile;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Severity;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The file of {@code --distrust}: certificates in PEM, and identities (SHA-256 of the DER), one on a line, with colons or
 * without, in the form {@code openssl x509 -fingerprint -sha256} prints as well. What follows a {@code #} is a comment.
 */
public final class DistrustFile {

    private static final String FIX = "Write a certificate in PEM, or its SHA-256 as 'openssl x509 -noout -fingerprint"
            + " -sha256 -in FILE' and 'capstan truststore show' print it.";

    private final String path;
    private final SortedSet<Identity> identities = new TreeSet<>();
    private final List<String> errors = new ArrayList<>();

    private DistrustFile(String path) {
        this.path = path;
    }

    /** Who shall not be trusted; a {@code Problem} with exit code 2 if the file cannot be used. */
    public static SortedSet<Identity> identities(String path) {
        var file = new DistrustFile(path);
        file.read(InputFile.text(path).lines().toList());
        InputFile.refuse(path, file.errors);
        return file.identities;
    }

    private void read(List<String> lines) {
        // The blocks alone, each line at its number, for the reader of certificates.
        var blocks = new ArrayList<>(Collections.nCopies(lines.size(), ""));
        var inside = false;
        for (var number = 0; number < lines.size(); number++) {
            var line = lines.get(number);
            inside |= line.contains("--") && line.contains("BEGIN");
            if (inside) {
                blocks.set(number, line);
                inside = !(line.contains("--") && line.contains("END "));
            } else {
                identity(line.replaceFirst("#.*", "").strip(), number + 1);
            }
        }
        var text = String.join("\n", blocks) + "\n";
        if (!text.isBlank()) {
            var reading = new CertificateReader(InstantSource.system())
                    .readPem(text.getBytes(StandardCharsets.UTF_8), Place.of(path));
            reading.set().certificates().forEach(certificate -> identities.add(certificate.identity()));
            reading.findings().stream()
                    .filter(finding -> finding.severity() == Severity.ERROR)
                    .map(CertificateFile::words)
                    .forEach(errors::add);
        }
    }

    private void identity(String text, int number) {
        if (text.isEmpty()) {
            return;
        }
        var hex = text.substring(text.indexOf('=') + 1).replace(":", "").toLowerCase(Locale.ROOT);
        try {
            identities.add(new Identity(hex));
        } catch (IllegalArgumentException not) {
            var sha1 = hex.matches("[0-9a-f]{40}");
            errors.add(String.format(
                    "%s: %s%n    %s",
                    Place.of(path).line(number),
                    sha1
                            ? "this is a SHA-1 fingerprint; certificates are known by their SHA-256."
                            : "this is neither a certificate nor an identity (64 hexadecimal digits).",
                    FIX));
        }
    }
}
