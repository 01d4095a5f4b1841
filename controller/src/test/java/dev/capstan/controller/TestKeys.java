package dev.capstan.controller;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Keys and self-signed certificates, made by the JDK's keytool. */
final class TestKeys {

    static final char[] PASSWORD = "changeit".toCharArray();

    private TestKeys() {}

    static String pem(KeyStore store) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder()
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

    /** A key for a server on the loopback address. */
    static KeyStore server() {
        return key("-dname CN=lab -ext san=ip:127.0.0.1");
    }

    private static KeyStore key(String options) {
        try {
            Path directory = Files.createTempDirectory("server-key");
            Path file = directory.resolve("key.p12");
            String keytoolPath =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            List<String> arguments = List.of(("-genkeypair -alias server -keyalg EC -groupname secp256r1 " + options
                            + " -validity 30 -storetype PKCS12 -storepass changeit -keystore " + file)
                    .split(" "));
            Process keytool = new ProcessBuilder(Stream.concat(Stream.of(keytoolPath), arguments.stream())
                            .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            if (!keytool.waitFor(5, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
                throw new IllegalStateException(Files.readString(directory.resolve("log")));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.delete(file);
            Files.delete(directory.resolve("log"));
            Files.delete(directory);
            return store;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
