package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as OpenSSL writes them in each of the forms that kubeconfigs have. */
class PrivateKeyPemTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "genrsa -traditional, BEGIN RSA PRIVATE KEY, SHA256withRSA",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, BEGIN PRIVATE KEY, SHA256withRSA",
        "ecparam -name prime256v1 -genkey -noout, BEGIN EC PRIVATE KEY, SHA256withECDSA",
        "ecparam -name secp384r1 -genkey, BEGIN EC PARAMETERS, SHA256withECDSA",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256, BEGIN PRIVATE KEY, SHA256withECDSA",
        "genpkey -algorithm ED25519, BEGIN PRIVATE KEY, Ed25519"
    })
    void keyIsTheOneOfItsCertificate(String command, String form, String algorithm) throws Exception {
        Path file = folder.resolve("key");
        openssl(command + " -out " + file);
        String pem = Files.readString(file);
        assertThat(pem).contains(form);
        openssl("req -x509 -key " + file + " -subj /CN=me -days 2 -out " + folder.resolve("crt"));

        PrivateKey key = PrivateKeyPem.parse(pem);

        byte[] text = "signed".getBytes(StandardCharsets.UTF_8);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        try (var in = Files.newInputStream(folder.resolve("crt"))) {
            signature.initVerify(CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        signature.update(text);
        assertThat(signature.verify(signed)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                "-----BEGIN PRIVATE KEY-----\nMIIBc2VjcmV0\n-----END PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMIIBc2VjcmV0\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n"
            })
    void whatIsNoUsableKeyIsRefusedAndNothingOfItSaid(String pem) {
        assertThatThrownBy(() -> PrivateKeyPem.parse(pem))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("MII")
                .contains("private key");
    }

    private void openssl(String command) throws Exception {
        var process = new ProcessBuilder(List.of(("openssl " + command).split(" ", -1)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
