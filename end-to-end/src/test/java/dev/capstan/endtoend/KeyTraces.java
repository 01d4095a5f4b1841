package dev.capstan.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A real private key, and a search for any telling part of its secret number, in every form in which something may have copied it:
 * the bytes, hexadecimal digits, base64 in each of the three alignments, and base64 of that.
 */
final class KeyTraces {

    private static final int SECRET_BYTES = 32;
    private static final int WINDOW = 12;

    private final byte[] der;
    private final List<String> traces;

    private KeyTraces(byte[] der, byte[] secret) {
        this.der = der;
        this.traces = List.copyOf(traces(secret));
    }

    /** A new EC key of P-256. */
    static KeyTraces make() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            while (true) {
                ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();
                byte[] number = key.getS().toByteArray();
                boolean isPlain = number.length == SECRET_BYTES;
                for (byte each : number) {
                    // Patterns are lines for grep.
                    isPlain &= each != '\n' && each != 0;
                }
                if (isPlain) {
                    return new KeyTraces(key.getEncoded(), number);
                }
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    byte[] der() {
        return der.clone();
    }

    String pem() {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PRIVATE KEY-----\n";
    }

    private static Set<String> traces(byte[] secret) {
        Set<String> traces = new LinkedHashSet<>();
        for (int i = 0; i + WINDOW <= secret.length; i += WINDOW / 2) {
            byte[] window = Arrays.copyOfRange(secret, i, i + WINDOW);
            traces.add(new String(window, ISO_8859_1));
            traces.add(HexFormat.of().formatHex(window));
            traces.add(HexFormat.of().withUpperCase().formatHex(window));
        }
        for (String base64 : alignments(secret)) {
            windows(base64, traces);
            for (String twice : alignments(base64.getBytes(ISO_8859_1))) {
                windows(twice, traces);
            }
        }
        return traces;
    }

    /** What a longer base64 text has of these bytes in it, for each place at which they may begin in it. */
    private static List<String> alignments(byte[] bytes) {
        List<String> texts = new ArrayList<>();
        for (int skip = 0; skip < 3; skip++) {
            int whole = (bytes.length - skip) / 3 * 3;
            texts.add(Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, skip, skip + whole)));
        }
        return texts;
    }

    private static void windows(String text, Set<String> into) {
        for (int i = 0; i + WINDOW <= text.length(); i += 4) {
            into.add(text.substring(i, i + WINDOW));
        }
    }

    /** Whether some of the key is in the text. */
    boolean isIn(String text) {
        return traces.stream().anyMatch(text::contains);
    }

    /** The files in these folders and below that hold some of the key, by an outside program. */
    List<String> filesIn(List<Path> folders) throws IOException {
        Path patterns = Files.createTempFile("key-traces", "");
        try {
            Files.write(patterns, String.join("\n", traces).getBytes(ISO_8859_1));
            List<String> command = new ArrayList<>(
                    List.of("env", "LC_ALL=C", "grep", "-rlaF", "--devices=skip", "-f", patterns.toString(), "--"));
            folders.forEach(folder -> command.add(folder.toString()));
            Program.Output found = Program.clean().run(command, "");
            if (found.exit() > 1) {
                // A file that went away while grep was at it is not what is asked about.
                return found.text()
                        .lines()
                        .filter(line -> !line.startsWith("grep: "))
                        .toList();
            }
            return found.text().lines().toList();
        } finally {
            Files.delete(patterns);
        }
    }
}
