package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A Secret that changes many times. Each change brings one CA that was never there before, and takes away those whose time is
 * over, for good. So no two of its contents are equal, the newest CA of a set tells which change the set is of, and a CA that is
 * seen after it was gone has come back.
 */
final class ShiftingSecret {

    /** A CA is there for so many changes at most. */
    private static final int LONGEST = 6;

    private final List<Authority> authorities = new ArrayList<>();
    private final Map<String, Integer> byBody = new HashMap<>();
    private final Map<String, Integer> byFingerprint = new HashMap<>();
    private final int changes;

    /** There from one change to before another. */
    private record Authority(String pem, int from, int until) {

        boolean isThereAt(int change) {
            return from <= change && change < until;
        }
    }

    private ShiftingSecret(int changes) {
        this.changes = changes;
    }

    /**
     * Makes its CAs, as files in this folder.
     *
     * @param leaving a CA that is there from the first change to the one before the last
     * @param coming one that the last change brings
     */
    static ShiftingSecret of(Path folder, int changes, SplittableRandom random, Path leaving, Path coming)
            throws IOException {
        Files.createDirectories(folder);
        Program.clean().run("sh", "-c", """
                cd %s && openssl ecparam -name prime256v1 -genkey -noout -out key &&
                for i in $(seq %d); do
                  openssl req -x509 -new -key key -subj "/O=Lab/CN=Shifting CA $i" -days 30 -out $i.crt \
                    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign || exit
                done""".formatted(folder, changes)).orFail();
        ShiftingSecret secret = new ShiftingSecret(changes);
        secret.add(new Authority(Files.readString(leaving), 1, changes));
        secret.add(new Authority(Files.readString(coming), changes, changes + 1));
        for (int change = 1; change <= changes; change++) {
            String pem = Files.readString(folder.resolve(change + ".crt"));
            secret.add(new Authority(pem, change, change + 1 + random.nextInt(LONGEST)));
        }
        for (int change = 0; change <= changes; change++) {
            secret.byFingerprint.put(fingerprint(secret.pems(change)), change);
        }
        return secret;
    }

    private void add(Authority authority) {
        byBody.put(body(authority.pem()), authorities.size());
        authorities.add(authority);
    }

    /** What it holds after this change, counted from 1. */
    Map<String, byte[]> at(int change) {
        Map<String, byte[]> data = new LinkedHashMap<>();
        for (int number : numbers(change)) {
            data.put("ca" + number + ".crt", authorities.get(number).pem().getBytes(StandardCharsets.US_ASCII));
        }
        return data;
    }

    /** The numbers of its CAs after this change; none after change 0. */
    List<Integer> numbers(int change) {
        List<Integer> there = new ArrayList<>();
        for (int number = 0; number < authorities.size(); number++) {
            if (authorities.get(number).isThereAt(change)) {
                there.add(number);
            }
        }
        return there;
    }

    /** Every CA that ever is in it, in the order of their numbers, PEM. */
    String all() {
        StringBuilder all = new StringBuilder();
        authorities.forEach(authority -> all.append(authority.pem()));
        return all.toString();
    }

    /** After which change its set had this fingerprint; -1 if it never had. */
    int changeOf(String fingerprint) {
        return byFingerprint.getOrDefault(fingerprint, -1);
    }

    /** The fingerprint of its last set. */
    String lastFingerprint() {
        return fingerprint(pems(changes));
    }

    /** The numbers of its CAs that this bundle holds, whatever else it holds. */
    List<Integer> heldBy(byte[] bundle) {
        List<Integer> held = new ArrayList<>();
        for (String block : new String(bundle, StandardCharsets.ISO_8859_1).split("-----BEGIN CERTIFICATE-----", -1)) {
            Integer number = byBody.get(body(block));
            if (number != null) {
                held.add(number);
            }
        }
        held.sort(null);
        return held;
    }

    /** The latest change that brought one of these; 0 for none. */
    int newest(List<Integer> numbers) {
        return numbers.stream()
                .mapToInt(number -> authorities.get(number).from())
                .max()
                .orElse(0);
    }

    private List<String> pems(int change) {
        return numbers(change).stream()
                .map(number -> authorities.get(number).pem())
                .toList();
    }

    /** The base64 of a certificate, however its lines are broken. */
    private static String body(String block) {
        String text = block.replace("-----BEGIN CERTIFICATE-----", "");
        int end = text.indexOf("-----END");
        return (end < 0 ? text : text.substring(0, end)).replaceAll("\\s", "");
    }

    /** As the design has it, reckoned without the product. */
    static String fingerprintOf(Iterable<String> identities) {
        MessageDigest digest = sha256();
        TreeMap<String, byte[]> sorted = new TreeMap<>();
        identities.forEach(identity -> sorted.put(identity, HexFormat.of().parseHex(identity)));
        sorted.values().forEach(digest::update);
        return "v1:" + HexFormat.of().formatHex(digest.digest());
    }

    private static String fingerprint(List<String> pems) {
        return fingerprintOf(pems.stream().map(ShiftingSecret::identity).toList());
    }

    private static String identity(String pem) {
        try {
            byte[] der = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .getEncoded();
            return HexFormat.of().formatHex(sha256().digest(der));
        } catch (GeneralSecurityException broken) {
            throw new UncheckedIOException(new IOException(broken));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
