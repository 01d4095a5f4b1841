package dev.capstan.cli.truststore;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.cli.certificatefile.CertificateFile;
import dev.capstan.cli.certificatefile.DistrustFile;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import dev.capstan.truststore.TrustStore;
import dev.capstan.truststore.Wanted;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import picocli.CommandLine.Option;

/** What is asked of the trust store. Each file replaces its part of what was last asked; an empty one clears it. */
final class WantedOptions {

    @Option(
            names = "--certificates",
            paramLabel = "FILE",
            description =
                    "File of CA certificates (PEM) that shall be in the store beside the distribution's, in place of"
                            + " those last asked for; an empty file takes all of them away. If not given: those last asked for.")
    private Optional<String> certificates = Optional.empty();

    @Option(
            names = "--distrust",
            paramLabel = "FILE",
            description =
                    "File of certificates (PEM) or of their SHA-256, one on a line, that nobody shall trust, also when"
                            + " the distribution ships them; an empty file distrusts none. If not given: those last asked for.")
    private Optional<String> distrust = Optional.empty();

    @Option(
            names = "--hook",
            paramLabel = "PROGRAM",
            description =
                    "The capstan program as seen inside the root. The distribution's tool runs it after each of its"
                            + " runs, where it has a folder for that, so that the store is right again at once.")
    private Optional<Path> hook = Optional.empty();

    /** Whether a file says what is wanted. */
    boolean isGiven() {
        return certificates.isPresent() || distrust.isPresent();
    }

    /** Whether a file says who is distrusted. */
    boolean distrusts() {
        return distrust.isPresent();
    }

    /** The store with the hook that was asked for. */
    TrustStore hooked(Session session, TrustStore store) {
        if (hook.isPresent() && !hook.get().isAbsolute()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "--hook " + hook.get() + " is not an absolute path.",
                    "Name the program by its path as seen inside the root, such as /opt/capstan/bin/capstan.",
                    null);
        }
        if (hook.isPresent() && store.family().hookFolder().isEmpty()) {
            session.messages()
                    .warning(store.family().tool() + " runs no programs of others: --hook does nothing here. The agent"
                            + " watches the store; without one run 'capstan truststore apply' after the tool.");
            return store;
        }
        return hook.map(store::hookedBy).orElse(store);
    }

    /** What is wanted now: what the files say, and what was last asked for where none says. */
    Wanted wanted(Session session, Optional<Wanted> asked) {
        Optional<CertificateSet> set = certificates.map(path -> CertificateFile.set(session, path));
        Optional<SortedSet<Identity>> distrusted = distrust.map(DistrustFile::identities);
        var before = asked.orElse(Wanted.nothing());
        var wanted = Wanted.of(set.orElse(before.certificates()), distrusted.orElse(before.distrusted()));
        for (var certificate : set.orElse(CertificateSet.empty()).certificates()) {
            if (wanted.distrusted().contains(certificate.identity())) {
                session.messages().warning(certificate + " is asked for and distrusted: it is left out.");
            }
        }
        return wanted;
    }
}
