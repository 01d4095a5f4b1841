package dev.capstan.truststore;

import dev.capstan.truststore.Family.Kind;
import dev.capstan.truststore.Family.Output;
import java.util.List;
import java.util.Optional;

/** The families whose trust store Capstan writes. */
final class Families {

    static final Family DEBIAN = new Family(
            "Debian, Ubuntu",
            true,
            "update-ca-certificates",
            DebianLayout.ANCHORS,
            List.of(
                    new Output(DebianLayout.BUNDLE, Kind.BUNDLE, "curl, GnuTLS, Go, OpenSSL's -CAfile"),
                    new Output(DebianLayout.OUTPUTS, Kind.LINKS, "OpenSSL's default and -CApath, Python, Go")),
            Optional.empty());

    private Families() {}
}
