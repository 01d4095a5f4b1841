package dev.capstan.proof;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/**
 * The certificates of a node's bundle, as a program in Go reads them (crypto/x509, {@code AppendCertsFromPEM}): a block that
 * is no certificate is passed over. They are found by their subject's very bytes, as Go does, and made ready only then: of a
 * hundred and fifty a chain needs one.
 */
public final class Anchors {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private final Map<ByteBuffer, List<byte[]>> bySubject = new HashMap<>();
    private int size;

    private Anchors() {}

    /**
     * Reads the files now.
     *
     * @throws IOException if one cannot be read
     */
    public static Anchors read(List<Path> files) throws IOException {
        Anchors anchors = new Anchors();
        for (Path file : files) {
            anchors.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
        return anchors;
    }

    /** Those of a text. */
    public static Anchors of(String pem) {
        Anchors anchors = new Anchors();
        anchors.add(pem);
        return anchors;
    }

    /** How many certificates there are; one that is there twice counts twice. */
    public int size() {
        return size;
    }

    /** The subjects, as RFC 2253 names for people to read; each once. */
    public List<String> subjects() {
        List<String> subjects = new ArrayList<>();
        for (ByteBuffer name : bySubject.keySet()) {
            byte[] der = new byte[name.remaining()];
            name.duplicate().get(der);
            try {
                subjects.add(Names.of(new X500Principal(der)));
            } catch (IllegalArgumentException unreadable) {
                // Nobody is called that.
            }
        }
        return subjects;
    }

    /** Those with this subject; each whole and readable. */
    List<X509Certificate> withSubject(ByteBuffer name) {
        List<X509Certificate> found = new ArrayList<>();
        for (byte[] der : bySubject.getOrDefault(name, List.of())) {
            try {
                found.add((X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
            } catch (CertificateException unreadable) {
                // Go passes it over too.
            }
        }
        return found;
    }

    private void add(String text) {
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
            int end = text.indexOf(END, begin);
            if (end < 0) {
                return;
            }
            try {
                byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
                bySubject
                        .computeIfAbsent(DerNames.subject(der), name -> new ArrayList<>())
                        .add(der);
                size++;
            } catch (IllegalArgumentException noCertificate) {
                // Passed over.
            }
        }
    }
}
