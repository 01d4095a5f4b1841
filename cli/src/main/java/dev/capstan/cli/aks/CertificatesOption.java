package dev.capstan.cli.aks;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that gives the list. */
final class CertificatesOption {

    @Option(
            names = {"--custom-ca-trust-certificates", "--ca-certs"},
            paramLabel = "FILE|BASE64",
            description =
                    "File of up to 10 CA certificates (PEM), with blank lines between them, or base64 strings of them."
                            + " Every node trusts them before its first image pull; 'aks update' with an empty file"
                            + " clears the list.")
    private Optional<String> path = Optional.empty();

    Optional<String> path() {
        return path;
    }
}
