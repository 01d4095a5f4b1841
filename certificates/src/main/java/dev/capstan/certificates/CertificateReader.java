package dev.capstan.certificates;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads CA certificates from what people hand over, and says of everything it does not take where it stands, what is the
 * matter and how to mend it.
 *
 * <p>What can be used is used: a block that is cut, is no certificate or is no CA is left out, and all others of its
 * entry stay. One thing spoils its whole entry: a private key. Nothing of such an entry is kept, shown or counted, and
 * the only finding on it names the line.
 *
 * <p>Any bytes may come. Time and memory grow with their number only; entries beyond {@value #LARGEST_ENTRY} bytes are
 * not read at all, and of each entry at most {@value #MOST_FINDINGS} findings of each severity are listed one by one, of all of
 * them 1,000. No method throws on account of its input.
 */
public final class CertificateReader {

    /** The largest entry that is read: three times what a Secret can hold. */
    public static final int LARGEST_ENTRY = 3 * 1024 * 1024;

    static final int MOST_FINDINGS = 100;

    /** A certificate that expires within this time is mentioned where nothing else is asked for. */
    public static final Duration SOON = Duration.ofDays(30);

    private final InstantSource clock;
    private final Duration soon;

    /** A reader that judges validity dates by this clock. */
    public CertificateReader(InstantSource clock) {
        this(clock, SOON);
    }

    /** A reader that mentions what expires within this time as well. */
    public CertificateReader(InstantSource clock, Duration soon) {
        this.clock = clock;
        this.soon = soon;
    }

    /** Reads one file, or one text that a program wrote, as one entry; the findings' places are lines of the given place. */
    public Reading readPem(byte[] bytes, Place place) {
        Run run = new Run(place.source());
        run.entry(Door.FILE, bytes, place);
        return run.reading();
    }

    /**
     * Reads the decoded data of a Secret. Every key is an entry of its own, whatever its name; keys are read in the order
     * of their names.
     */
    public Reading readSecret(Map<String, byte[]> data, String source) {
        Place whole = Place.of(source);
        Reading values = readValues(data, source);
        List<Finding> findings = new ArrayList<>(values.findings());
        findings.addAll(KeyNames.findings(data.keySet(), whole, whole::entry));
        findings.addAll(Limits.ofSecret(size(data), whole));
        return new Reading(values.certificates(), findings);
    }

    /** Reads values as {@link #readSecret} does, whatever carries them: nothing is said of their keys and of their size. */
    public Reading readValues(Map<String, byte[]> data, String source) {
        Run run = new Run(source);
        new TreeMap<>(data)
                .forEach((key, bytes) ->
                        run.entry(Door.SECRET, bytes, Place.of(source).entry(key)));
        return run.reading();
    }

    private static long size(Map<String, byte[]> data) {
        return data.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    /**
     * Reads a list as ARM has it: every entry is the base64 of PEM text. Places are the entries' indices, from 0.
     *
     * @param entries base64, padded; line breaks in it count for nothing
     */
    public Reading readList(List<String> entries, String source) {
        Run run = new Run(source);
        for (int i = 0; i < entries.size(); i++) {
            Place place = Place.of(source).entry(String.valueOf(i));
            Optional<byte[]> bytes = ListEntry.decode(entries.get(i));
            if (bytes.isPresent()) {
                run.entry(Door.LIST, bytes.get(), place);
            } else {
                run.findings.add(ListEntry.undecodable(entries.get(i), place));
            }
        }
        return run.reading();
    }

    /** One reading in the making. */
    private final class Run {

        private final Instant now = clock.instant();
        private final List<Reading.Sourced> certificates = new ArrayList<>();
        private final Map<Identity, Place> seen = new HashMap<>();
        private final Place whole;
        private final EntryFindings findings;

        Run(String source) {
            this.whole = Place.of(source);
            this.findings = EntryFindings.ofInput(whole);
        }

        Reading reading() {
            SetChecks.relations(certificates, whole).forEach(findings::add);
            return new Reading(certificates, findings.list());
        }

        void entry(Door door, byte[] bytes, Place place) {
            if (bytes.length > LARGEST_ENTRY) {
                findings.add(tooLarge(bytes.length, place));
                return;
            }
            EntryReader.Entry entry = EntryReader.read(door, bytes, place);
            entry.certificates().forEach(found -> take(found, entry.findings()));
            entry.findings().list().forEach(findings::add);
        }

        private void take(EntryReader.Found found, EntryFindings own) {
            Certificate certificate = found.certificate();
            Place first = seen.putIfAbsent(certificate.identity(), found.place());
            if (first != null) {
                own.add(
                        FindingCode.DUPLICATE,
                        found.place(),
                        "the same certificate, " + certificate.subject() + ", came before (" + first + ").",
                        "Nothing need be done; one of the two can go.");
                return;
            }
            certificates.add(new Reading.Sourced(certificate, found.place()));
            found.remarks().forEach(remark -> own.add(remark.at(found.place(), certificate.subject())));
            if (certificate.notAfter().isBefore(now)) {
                own.add(
                        FindingCode.EXPIRED,
                        found.place(),
                        certificate.subject() + " expired on " + day(certificate.notAfter())
                                + "; it is installed, but what it issued is refused.",
                        "Replace it by the CA's new certificate.");
            } else if (certificate.notBefore().isAfter(now)) {
                own.add(
                        FindingCode.NOT_YET_VALID,
                        found.place(),
                        certificate.subject() + " becomes valid on " + day(certificate.notBefore())
                                + "; it is installed, but what it issued is refused until then.",
                        "Wait, or check the clocks of this machine and of the CA.");
            } else if (certificate.notAfter().isBefore(now.plus(soon))) {
                own.add(
                        FindingCode.EXPIRES_SOON,
                        found.place(),
                        certificate.subject() + " expires on " + day(certificate.notAfter()) + ", in "
                                + Duration.between(now, certificate.notAfter()).toDays() + " days.",
                        "Get the CA's new certificate and put it beside this one before that day.");
            }
        }
    }

    private static String day(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** What is said of an entry, or a stream, of so many bytes or more. */
    private static Finding tooLarge(long length, Place place) {
        return new Finding(
                FindingCode.TOO_LARGE,
                place,
                "the entry has " + length + " bytes; more than " + LARGEST_ENTRY + " are not read.",
                "Put in CA certificates only, and spread them over several entries.");
    }
}
