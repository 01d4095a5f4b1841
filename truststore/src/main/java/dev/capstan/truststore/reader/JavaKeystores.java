package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The operating system's Java keystore as Java reads it: JKS or PKCS#12, told by its first bytes. TLS clients load it
 * without a password ({@code sun.security.ssl.TrustStoreManager}: {@code javax.net.ssl.trustStorePassword} is empty
 * unless set), which skips the check of integrity and sees nothing of what is encrypted; keytool and update tools load
 * it with the password {@code changeit}. Both must work.
 */
record JavaKeystores(RootFiles files, Decoder decoder) {

    /** Where distributions keep it: Debian, Alpine and Arch; the Red Hat family; SUSE. */
    private static final List<String> PLACES = List.of(
            "/etc/ssl/certs/java/cacerts",
            "/etc/pki/ca-trust/extracted/java/cacerts",
            "/var/lib/ca-certificates/java-cacerts");

    private static final String PASSWORD = "changeit";

    /** {@code sun.security.provider.JavaKeyStore.MAGIC}, what a JKS file begins with. */
    private static final int JKS = 0xfeedfeed;

    List<View> views() throws IOException {
        List<View> views = new ArrayList<>();
        Set<String> real = new HashSet<>();
        for (String place : PLACES) {
            if (files.exists(place) && real.add(files.real(place))) {
                views.add(view(place));
            }
        }
        return views.isEmpty()
                ? List.of(new View.Absent(Client.JAVA, "The operating system has no Java keystore here."))
                : views;
    }

    private View view(String place) {
        NavigableMap<Identity, String> certificates = new TreeMap<>();
        List<View.Fault> faults = new ArrayList<>();
        try {
            byte[] bytes = files.read(place);
            KeyStore store = loaded(bytes, null);
            for (String alias : Collections.list(store.aliases())) {
                Certificate certificate = store.getCertificate(alias);
                if (store.isCertificateEntry(alias) && certificate != null) {
                    decoder.decode(certificate.getEncoded())
                            .ifPresent(seen -> certificates.putIfAbsent(seen.identity(), place + ", alias " + alias));
                }
            }
            checkPassword(bytes, place, faults);
        } catch (IOException | GeneralSecurityException unreadable) {
            return new View.Failing(
                    Client.JAVA,
                    new View.Fault(
                            place,
                            "it cannot be loaded (" + why(unreadable) + "), so that no TLS works",
                            Remedy.KEYSTORE));
        }
        return new View.Trusting(Client.JAVA, List.of(place), certificates, Map.of(), faults);
    }

    private static void checkPassword(byte[] bytes, String place, List<View.Fault> faults) {
        try {
            loaded(bytes, PASSWORD.toCharArray());
        } catch (IOException | GeneralSecurityException refused) {
            faults.add(new View.Fault(
                    place,
                    "keytool cannot load it with the password '" + PASSWORD + "' (" + why(refused) + ")",
                    Remedy.KEYSTORE));
        }
    }

    private static KeyStore loaded(byte[] bytes, char @org.jspecify.annotations.Nullable [] password)
            throws IOException, GeneralSecurityException {
        boolean jks = bytes.length >= 4 && ByteBuffer.wrap(bytes).getInt() == JKS;
        KeyStore store = KeyStore.getInstance(jks ? "JKS" : "PKCS12");
        store.load(new ByteArrayInputStream(bytes), password);
        return store;
    }

    private static String why(Exception failure) {
        return failure instanceof IOException io ? RootFiles.why(io) : String.valueOf(failure.getMessage());
    }
}
