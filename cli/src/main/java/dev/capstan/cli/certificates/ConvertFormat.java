package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Finding;
import dev.capstan.certificates.Limits;
import dev.capstan.certificates.ListEntry;
import dev.capstan.certificates.Place;
import dev.capstan.cli.session.Json;
import java.util.List;
import java.util.stream.Collectors;

/** What files of certificates are converted to; spelled as on the command line. */
enum ConvertFormat {
    /** The file that {@code az aks update --custom-ca-trust-certificates} takes: a blank line between certificates. */
    file {
        @Override
        String of(List<Certificate> certificates) {
            return certificates.stream().map(Certificate::pem).collect(Collectors.joining("\n"));
        }

        @Override
        List<Finding> limits(CertificateSet set, Place whole) {
            return Limits.ofList(set, whole);
        }
    },
    /** The manifest of AKS's page, one key for each certificate. */
    secret {
        @Override
        String of(List<Certificate> certificates) {
            var text = new StringBuilder("""
                    apiVersion: v1
                    kind: Secret
                    metadata:
                        name: custom-ca-trust-secret
                        namespace: kube-system
                    type: Opaque
                    data:
                    """);
            var number = 0;
            for (var certificate : certificates) {
                text.append("    # ").append(certificate.subject()).append('\n');
                text.append("    ca").append(++number).append(".crt: ");
                text.append(ListEntry.encode(certificate.pem())).append('\n');
            }
            return text.toString();
        }

        @Override
        List<Finding> limits(CertificateSet set, Place whole) {
            return Limits.ofManifest(set.pem().length(), whole);
        }
    },
    /** The part of a cluster's body that {@code az rest --method put} sends. */
    arm {
        @Override
        String of(List<Certificate> certificates) {
            var body = Json.object();
            var entries =
                    body.putObject("properties").putObject("securityProfile").putArray("customCATrustCertificates");
            certificates.forEach(certificate -> entries.add(ListEntry.encode(certificate.pem())));
            return Json.print(body) + "\n";
        }

        @Override
        List<Finding> limits(CertificateSet set, Place whole) {
            return Limits.ofList(set, whole);
        }
    },
    /** PEM, one certificate behind the other, sorted by identity: the same certificates give the same bytes. */
    bundle {
        @Override
        String of(List<Certificate> certificates) {
            return CertificateSet.of(certificates).pem();
        }
    };

    abstract String of(List<Certificate> certificates);

    /** What is to be said where these are more, or larger, than what it is for takes. */
    List<Finding> limits(CertificateSet set, Place whole) {
        return List.of();
    }
}
