package dev.capstan.cli.certificates;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Limits;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.certificates.SetChecks;
import dev.capstan.certificates.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What is to be said of one input.
 *
 * @param name the input, as it was named
 * @param certificates how many different certificates it holds that can be used
 * @param findings all of them, by line
 */
record Linted(String name, int certificates, List<Finding> findings) {

    /** Reads an input when there is memory for it, and judges it; one that cannot be read is a finding too. */
    static Linted of(CertificateReader reader, String path, Set<Identity> system, ReadingMemory memory) {
        var name = InputBytes.name(path);
        try {
            var bytes = InputBytes.of(path);
            return memory.read(bytes.length, () -> judged(reader, name, bytes, system));
        } catch (IOException unreadable) {
            var message = unreadable.getMessage() == null ? unreadable.toString() : unreadable.getMessage();
            return new Linted(
                    name,
                    0,
                    List.of(new Finding(
                            FindingCode.UNREADABLE,
                            Place.of(name),
                            "it cannot be read: " + message + ".",
                            "Name a file that this user may read, or - for standard input.")));
        }
    }

    private static Linted judged(CertificateReader reader, String name, byte[] bytes, Set<Identity> system) {
        var whole = Place.of(name);
        var manifest = Manifest.read(reader, bytes, name);
        var reading = manifest.orElseGet(() -> reader.readPem(bytes, whole));
        var findings = new ArrayList<>(reading.findings());
        findings.addAll(SetChecks.alreadyTrusted(reading, system));
        if (manifest.isEmpty()) {
            findings.addAll(Limits.ofFile(reading.set(), whole));
        }
        findings.sort(Comparator.comparingInt(finding -> finding.place().line()));
        return new Linted(name, reading.certificates().size(), findings);
    }

    /** Reads an input: a document that holds certificates as values, or a file of them. */
    static Reading read(CertificateReader reader, String path) throws IOException {
        var bytes = InputBytes.of(path);
        var name = InputBytes.name(path);
        return Manifest.read(reader, bytes, name).orElseGet(() -> reader.readPem(bytes, Place.of(name)));
    }

    long count(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}
