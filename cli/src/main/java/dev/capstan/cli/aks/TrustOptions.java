package dev.capstan.cli.aks;

import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The switches of the Secret form: whether a pool's nodes follow {@code kube-system/custom-ca-trust-secret}. */
final class TrustOptions {

    /** For commands that make something: there is nothing to disable. */
    static final class Enable {

        @Option(
                names = "--enable-custom-ca-trust",
                description = "The nodes follow the Secret kube-system/custom-ca-trust-secret.")
        private boolean enable;

        @Option(
                names = "--enable-custom-trust-ca",
                description = "How the AKS page misspells --enable-custom-ca-trust once; taken for it.")
        private boolean misspelt;

        /** Whether it was asked for; that it was misspelt is said. */
        boolean isAsked(Session session) {
            if (misspelt) {
                session.messages()
                        .warning("--enable-custom-trust-ca is the AKS page's slip for --enable-custom-ca-trust, and"
                                + " taken for it.");
            }
            return enable || misspelt;
        }

        /** Throws a {@link Problem} in az's words if it is asked for on Windows. */
        boolean isAsked(Session session, String osType) {
            var asked = isAsked(session);
            if (asked && !osType.equalsIgnoreCase("Linux")) {
                throw Problem.failed(
                        "--enable_custom_ca_trust can only be set for Linux nodepools",
                        "Leave --os-type out, or --enable-custom-ca-trust.");
            }
            return asked;
        }
    }

    @Mixin
    private Enable enable = new Enable();

    @Option(
            names = "--disable-custom-ca-trust",
            description = "The nodes no longer follow the Secret; what came from it is taken away.")
    private boolean disable;

    /** What was asked for, if anything. Throws a {@link Problem} in az's words if it was both. */
    Optional<Boolean> chosen(Session session) {
        var enabled = enable.isAsked(session);
        if (enabled && disable) {
            throw Problem.failed(
                    "Cannot specify \"--enable-custom-ca-trust\" and \"--disable-custom-ca-trust\" at the same time",
                    "Give the one you mean.");
        }
        return enabled || disable ? Optional.of(enabled) : Optional.empty();
    }
}
