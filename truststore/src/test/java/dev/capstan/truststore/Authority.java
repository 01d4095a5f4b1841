package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A CA made by the openssl program. */
public record Authority(Path folder, String name, Certificate certificate) {

    public static Authority make(Path folder, String name) {
        return make(folder, name, "/O=Capstan Test/CN=" + name);
    }

    /** A CA with this subject; two of the same subject have the same hash and different keys. */
    public static Authority make(Path folder, String name, String subject, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt",
                "-subj",
                subject,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign"));
        if (!List.of(more).contains("-config")) {
            command.addAll(List.of("-config", "/dev/null"));
        }
        command.addAll(List.of(more));
        Programs.run(command, folder).succeeded();
        return new Authority(
                folder, name, read(folder.resolve(name + ".crt")).certificates().getFirst());
    }

    public static CertificateSet read(Path file) {
        try {
            return new CertificateReader(InstantSource.system())
                    .readPem(Files.readAllBytes(file), Place.of(file.toString()))
                    .set();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Makes {@code HOST.crt} and {@code HOST.key} for a server. */
    public void issueServer(String host) throws IOException {
        Programs.run(
                        List.of(
                                "openssl",
                                "req",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-config",
                                "/dev/null",
                                "-keyout",
                                host + ".key",
                                "-out",
                                host + ".csr",
                                "-subj",
                                "/CN=" + host),
                        folder)
                .succeeded();
        Files.writeString(folder.resolve(host + ".ext"), "subjectAltName=DNS:" + host + "\n");
        Programs.run(
                        List.of(
                                "openssl",
                                "x509",
                                "-req",
                                "-in",
                                host + ".csr",
                                "-CA",
                                name + ".crt",
                                "-CAkey",
                                name + ".key",
                                "-CAcreateserial",
                                "-days",
                                "5",
                                "-extfile",
                                host + ".ext",
                                "-out",
                                host + ".crt"),
                        folder)
                .succeeded();
    }

    public static CertificateSet set(Authority... authorities) {
        return CertificateSet.of(
                List.of(authorities).stream().map(Authority::certificate).toList());
    }
}
