package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.proof.Proofs;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Severity;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the NodeTrust's status, when it has something new to say and only then. */
final class Reporter {

    /** An object of Kubernetes has about 1.5 MiB; a Secret may hold many more bad keys than fit as findings. */
    static final int MAX_FINDINGS = 100;

    private static final int MAX_TEXT = 1000;

    private static final List<String> SEVERITIES =
            Stream.of(Severity.values()).map(Severity::word).toList();

    private static final NodeTrust.StatusFinding NO_ENDPOINT = new NodeTrust.StatusFinding(
            "no-endpoint",
            Severity.NOTE.word(),
            "annotation " + Names.PROBE_ANNOTATION,
            "No endpoint is named that would prove this node's trust, so Loaded is the most it reaches.",
            "Name a registry for each CA, such as registry.corp:443, in that annotation of the Secret "
                    + Names.SECRET_NAMESPACE + "/" + Names.SECRET_NAME + ", or in the ARM tag " + Names.PROBE_TAG
                    + ".");

    private final Requests requests;
    private final InstantSource clock;
    private final @Nullable String version;
    private final Complaints complaints = new Complaints();
    private @Nullable String object;
    private NodeTrust.@Nullable Status told;
    private TrustObject.Level level = TrustObject.Level.NONE;

    Reporter(Requests requests, InstantSource clock, @Nullable String version) {
        this.requests = requests;
        this.clock = clock;
        this.version = version;
    }

    /**
     * Tells how things stand.
     *
     * @return false if that could not be told and is to be tried again
     */
    boolean report(
            TrustObject trust, Sources sources, Measured measured, Proofs proofs, NodeTrust.@Nullable Drift drift) {
        if (!trust.uid().equals(object)) {
            object = trust.uid();
            told = null;
            level = trust.level();
        }
        NodeTrust.Status status = status(trust, sources, measured, proofs).drifted(drift);
        if (status.equals(told)) {
            return true;
        }
        try {
            requests.writeStatus(status);
        } catch (IOException failed) {
            complaints.say(Level.WARNING, "the NodeTrust's status could not be written: " + requests.words(failed));
            return false;
        }
        complaints.over("the NodeTrust's status is written again");
        told = status;
        level = new TrustObject.Level(
                status.wanted(), status.written(), status.loaded(), status.proven(), status.lastChange());
        return true;
    }

    private NodeTrust.Status status(TrustObject trust, Sources sources, Measured measured, Proofs proofs) {
        NodeSet set = sources.wanted();
        String wanted = set == null ? null : set.wanted().fingerprint().toString();
        return new NodeTrust.Status(
                trust.generation(),
                wanted,
                measured.written(),
                measured.loaded(),
                proofs.proven(),
                measured.reach().lane(),
                set == null ? List.of() : certificates(set),
                findings(sources, measured, proofs),
                problem(sources, measured, proofs),
                sources.seen(),
                version,
                lastChange(wanted, measured, proofs.proven()),
                proofs.told(),
                measured.reach().facts());
    }

    private String lastChange(@Nullable String wanted, Measured measured, @Nullable String proven) {
        boolean same = Objects.equals(level.wanted(), wanted)
                && Objects.equals(level.written(), measured.written())
                && Objects.equals(level.loaded(), measured.loaded())
                && Objects.equals(level.proven(), proven);
        return same && level.lastChange() != null
                ? level.lastChange()
                : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static NodeTrust.@Nullable Problem problem(Sources sources, Measured measured, Proofs proofs) {
        if (measured.store() != null) {
            return measured.store();
        }
        if (sources.problem() != null) {
            return sources.problem();
        }
        String loaded = measured.loaded();
        return measured.runtime() != null || loaded == null ? measured.runtime() : proofs.refuted(loaded);
    }

    private static List<NodeTrust.TrustedCertificate> certificates(NodeSet set) {
        List<NodeTrust.TrustedCertificate> certificates = new ArrayList<>();
        for (NodeSet.Entry entry : set.entries()) {
            if (set.distrusted().contains(entry.certificate().identity())) {
                continue;
            }
            Certificate certificate = entry.certificate();
            certificates.add(new NodeTrust.TrustedCertificate(
                    cut(certificate.subject()),
                    certificate.identity().hex(),
                    date(certificate.notAfter()),
                    entry.sources()));
        }
        return certificates;
    }

    private static String date(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static List<NodeTrust.StatusFinding> findings(Sources sources, Measured measured, Proofs proofs) {
        List<NodeTrust.StatusFinding> findings = new ArrayList<>(sources.notes());
        findings.addAll(findings(sources.findings()));
        findings.addAll(proofs.probes().findings());
        if (proofs.probes().endpoints().isEmpty() && isProvable(sources, measured)) {
            findings.add(NO_ENDPOINT);
        }
        findings.sort(Comparator.comparingInt(finding -> SEVERITIES.indexOf(finding.severity())));
        return findings;
    }

    private static boolean isProvable(Sources sources, Measured measured) {
        NodeSet set = sources.wanted();
        return set != null
                && !set.wanted().certificates().certificates().isEmpty()
                && set.wanted().fingerprint().toString().equals(measured.loaded());
    }

    /** The findings, errors first, at most {@link #MAX_FINDINGS}; where there are more, the last one says so. */
    static List<NodeTrust.StatusFinding> findings(List<Finding> all) {
        List<Finding> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparing(Finding::severity));
        List<NodeTrust.StatusFinding> findings = new ArrayList<>();
        for (Finding finding : sorted) {
            if (findings.size() == MAX_FINDINGS - 1 && sorted.size() > MAX_FINDINGS) {
                findings.add(new NodeTrust.StatusFinding(
                        "more-findings",
                        finding.severity().word(),
                        source(finding),
                        (sorted.size() - findings.size())
                                + " more findings are left out here, this source's among them.",
                        "Repair what is named first; the others follow."));
                break;
            }
            findings.add(new NodeTrust.StatusFinding(
                    finding.code().word(),
                    finding.severity().word(),
                    source(finding),
                    cut(finding.message()),
                    cut(finding.fix())));
        }
        return findings;
    }

    /** How many of these leave a certificate out. */
    static long errors(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .count();
    }

    private static String source(Finding finding) {
        return finding.place().source().equals(NodeSet.LIST)
                ? NodeSet.LIST
                : NodeSet.SECRET + finding.place().entry();
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }
}
