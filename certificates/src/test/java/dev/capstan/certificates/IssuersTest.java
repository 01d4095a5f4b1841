package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who issued what: as OpenSSL has it, and without more work than an input is worth. */
class IssuersTest {

    private static Pki.Request ca(String name) {
        return new Pki.Request(name);
    }

    private static Certificate certificate(Pki.Request request) {
        return DoorsTest.file(Pki.bytes(request.pem()))
                .certificates()
                .getFirst()
                .certificate();
    }

    private static Pki.Request identified(String name, String own, String issuer) {
        return ca(name).extension("2.5.29.14", false, new SubjectKeyIdentifier(Pki.bytes(own)))
                .extension("2.5.29.35", false, new AuthorityKeyIdentifier(Pki.bytes(issuer)));
    }

    @Test
    void anIssuerIsOneToOpenSslToo(@TempDir Path folder) throws Exception {
        Pki.Request middle = ca("middle").issuedBy("one");
        Map<Pki.Request, Pki.Request> pairs = new LinkedHashMap<>();
        pairs.put(middle, ca("one"));
        pairs.put(ca("middle").issuedBy("one"), ca("one").keyOf("Ed25519/another"));
        pairs.put(ca("middle").issuedBy("one"), ca("two"));
        pairs.put(identified("middle", "2", "1").issuedBy("one"), identified("one", "1", "1"));
        pairs.put(identified("middle", "2", "3").issuedBy("one"), identified("one", "1", "1"));
        pairs.put(ca("ec").issuedBy("root").signer("P-384/root"), ca("root").key("P-384"));
        pairs.put(ca("rsa").issuedBy("root").signer("rsa2048/root"), ca("root").key("rsa2048"));
        List<Boolean> ours = new ArrayList<>();
        List<Boolean> theirs = new ArrayList<>();
        for (Map.Entry<Pki.Request, Pki.Request> pair : pairs.entrySet()) {
            Certificate issued = certificate(pair.getKey());
            Certificate issuer = certificate(pair.getValue());
            ours.add(!Issuers.among(List.of(issued, issuer)).of(issued).isEmpty());
            theirs.add(verifies(folder, issued, issuer));
        }
        assertThat(ours).isEqualTo(theirs).containsExactly(true, false, false, true, false, true, true);
    }

    private static boolean verifies(Path folder, Certificate issued, Certificate issuer)
            throws IOException, InterruptedException {
        Path below = Files.writeString(folder.resolve("issued.pem"), issued.pem());
        Path above = Files.writeString(folder.resolve("issuer.pem"), issuer.pem());
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "verify",
                        "-no_check_time",
                        "-no-CApath",
                        "-no-CAstore",
                        "-CAfile",
                        above.toString(),
                        below.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(openssl.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return openssl.exitValue() == 0;
    }

    @Test
    void allCertificatesOfTheCaThatIssuedItAreItsIssuers() {
        Certificate root = certificate(ca("one"));
        Certificate cross = certificate(ca("one").issuedBy("two"));
        Certificate middle = certificate(ca("middle").issuedBy("one"));
        Issuers issuers = Issuers.among(List.of(cross, root, middle, certificate(ca("two"))));
        assertThat(issuers.of(middle)).containsExactly(cross, root);
        assertThat(issuers.of(cross)).extracting(Certificate::subject).containsExactly("CN=two,O=Capstan Test");
        assertThat(Issuers.isSelfSigned(root)).isTrue();
        assertThat(Issuers.isSelfSigned(cross)).isFalse();
    }

    @Test
    void whereASignatureCannotBeVerifiedNamesAndKeyIdentifiersDecide() {
        Certificate dsa = certificate(ca("dsa").key("DSA").algorithm("SHA256withDSA"));
        // It was signed with another key than that, which nobody here finds out.
        Certificate middle = certificate(ca("middle").issuedBy("dsa"));
        assertThat(Issuers.among(List.of(dsa)).of(middle)).containsExactly(dsa);
    }

    @Test
    void hundredsOfCasOfOneNameCostNoMoreThanTheBound() {
        List<Certificate> all = new ArrayList<>();
        IntStream.range(0, 400).forEach(number -> all.add(certificate(ca("one").keyOf("Ed25519/same" + number))));
        IntStream.range(0, 400)
                .forEach(number -> all.add(certificate(ca("middle")
                        .issuedBy("one")
                        .signer("Ed25519/none")
                        .serial(BigInteger.valueOf(1000 + number)))));
        long before = ThreadTime.nanos();
        Issuers issuers = Issuers.among(all);
        all.forEach(issuers::of);
        assertThat(TimeUnit.NANOSECONDS.toMillis(ThreadTime.nanos() - before)).isLessThan(10_000);
    }
}
