package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectHashTest {

    @Test
    void isThatOfOpensslForEveryCertificateOfTheDistribution(@TempDir Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of("/usr/share/ca-certificates/mozilla"))) {
            files = all.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(100);
        for (Path file : files) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        Programs.run(List.of("openssl", "rehash", folder.toString())).succeeded();
        try (Stream<Path> links = Files.list(folder).filter(Files::isSymbolicLink)) {
            assertThat(links.toList())
                    .hasSizeGreaterThan(100)
                    .allSatisfy(link -> assertThat(link.getFileName().toString())
                            .startsWith(SubjectHash.of(
                                            Authority.read(link).certificates().getFirst()) + "."));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/CN=plain",
                "/CN=  Blanks   within\t and  around  ",
                "/O=Ünïcode Größe/CN=ÄÖÜ",
                "/C=DE/ST=Some-State/L=Town/O=Org/OU=Unit/CN=Name/emailAddress=Ca@Example.ORG",
                "/DC=org/DC=Example/CN=Directory",
                "/O=Two+OU=In One+CN=Set/CN=Multi",
                "/CN=a/CN=b/CN=A",
                "/serialNumber=12345/CN=UPPER lower",
                "/O=An organisation with a very long name, long enough for a length/OU=and here is another very long"
                        + " name for a unit of it, so that/CN=the whole name needs two bytes"
            })
    void isThatOfOpensslForOddSubjects(String subject, @TempDir Path folder) {
        for (String mask : List.of("utf8only", "nombstr", "default", "pkix")) {
            try {
                Files.writeString(
                        folder.resolve("cnf"), "[req]\ndistinguished_name=dn\nstring_mask=" + mask + "\n[dn]\n");
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
            Authority authority = Authority.make(
                    folder,
                    "ca",
                    subject,
                    "-utf8",
                    "-multivalue-rdn",
                    "-config",
                    folder.resolve("cnf").toString());
            String expected = Programs.run(
                            List.of("openssl", "x509", "-noout", "-subject_hash", "-in", "ca.crt"), folder)
                    .succeeded()
                    .strip();
            assertThat(SubjectHash.of(authority.certificate())).as(mask).isEqualTo(expected);
        }
    }
}
