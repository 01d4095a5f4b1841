package dev.capstan.resourceprovider;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keys and self-signed certificates, made by the JDK's keytool. They are good from 2020 on, for a hundred years: a lab's
 * clock stands still while the day on which the tests run goes on, and both have to find them good.
 */
final class TestKeys {

    static final char[] PASSWORD = "changeit".toCharArray();

    private static final String GENERATE = "-genkeypair -alias server -keyalg EC -groupname secp256r1 ";
    private static final String GOOD = " -startdate 2020/01/01 -validity 36500";

    private TestKeys() {}

    static String pem(KeyStore store) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(store.getCertificate("server").getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new CA certificate, PEM. */
    static String authority(String name) {
        return pem(key("-dname CN=" + name + " -ext bc:c=ca:true"));
    }

    /** A CA certificate that expired in 2020, PEM. */
    static String expired(String name) {
        return pem(
                made(List.of(GENERATE + "-dname CN=" + name + " -ext bc:c=ca:true -startdate 2019/01/01 -validity 370"))
                        .getFirst());
    }

    /** Two certificates of one CA, PEM: the same name and key, the second with a longer life. */
    static List<String> renewed(String name) {
        String authority = "-dname CN=" + name + " -ext bc:c=ca:true";
        return made(List.of(
                        GENERATE + authority + GOOD,
                        "-selfcert -alias server " + authority + " -startdate 2020/01/01 -validity 36600"))
                .stream()
                .map(TestKeys::pem)
                .toList();
    }

    /** A key for a server on the loopback address. */
    static KeyStore server() {
        return key("-dname CN=lab -ext san=ip:127.0.0.1");
    }

    /** A new certificate that is no CA's, PEM. */
    static String leaf(String name) {
        return pem(key("-dname CN=" + name));
    }

    /** A new private key, PEM. */
    static String privateKey() {
        try {
            KeyStore store = key("-dname CN=key");
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(store.getKey("server", PASSWORD).getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore key(String options) {
        return made(List.of(GENERATE + options + GOOD)).getFirst();
    }

    /** What keytool's store holds after each of these commands. */
    private static List<KeyStore> made(List<String> commands) {
        try {
            Path directory = Files.createTempDirectory("server-key");
            Path file = directory.resolve("key.p12");
            Path log = directory.resolve("log");
            List<KeyStore> stores = new ArrayList<>();
            for (String command : commands) {
                String line = Path.of(System.getProperty("java.home"), "bin", "keytool") + " " + command
                        + " -storetype PKCS12 -storepass changeit -keystore " + file;
                Process keytool = new ProcessBuilder(List.of(line.split(" ")))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                if (!keytool.waitFor(5, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
                    throw new IllegalStateException(Files.readString(log));
                }
                KeyStore store = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(file)) {
                    store.load(in, PASSWORD);
                }
                stores.add(store);
            }
            Files.delete(file);
            Files.delete(log);
            Files.delete(directory);
            return stores;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
