package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A text with CERTIFICATE blocks, as OpenSSL looks for them (PEM_read_bio): a bundle, or a file that goes into one.
 * Whatever else stands in it is no certificate.
 */
final class Bundle {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** A block that decodes. */
    static final class Block {

        private final Identity identity;
        private final byte[] der;

        private Block(byte[] der) {
            this.identity = Identity.ofDer(der);
            this.der = der;
        }

        Identity identity() {
            return identity;
        }

        /** Not to be written to. */
        byte[] der() {
            return der;
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private final List<Integer> broken = new ArrayList<>();
    private final boolean privateKey;

    private Bundle(String text) {
        this.privateKey = text.contains("PRIVATE KEY-----");
        scan(text);
    }

    static Bundle parse(byte[] bytes) {
        return new Bundle(new String(bytes, ISO_8859_1));
    }

    private void scan(String text) {
        int begin = -1;
        int body = 0;
        int line = 0;
        int beginLine = 0;
        for (int start = 0; start < text.length(); ) {
            int lineFeed = text.indexOf('\n', start);
            int end = lineFeed < 0 ? text.length() : lineFeed + 1;
            line++;
            if (isLine(text, start, end, BEGIN)) {
                if (begin >= 0) {
                    broken.add(beginLine);
                }
                begin = start;
                beginLine = line;
                body = end;
            } else if (begin >= 0 && isLine(text, start, end, END)) {
                add(text.substring(body, start), beginLine);
                begin = -1;
            }
            start = end;
        }
        if (begin >= 0) {
            broken.add(beginLine);
        }
    }

    private static boolean isLine(String text, int start, int end, String line) {
        if (!text.startsWith(line, start)) {
            return false;
        }
        for (int i = start + line.length(); i < end; i++) {
            if (text.charAt(i) > ' ') {
                return false;
            }
        }
        return true;
    }

    private void add(String base64, int line) {
        try {
            blocks.add(new Block(Base64.getMimeDecoder().decode(base64)));
        } catch (IllegalArgumentException notBase64) {
            // Reported as broken; whoever writes the file anew leaves it out.
            broken.add(line);
        }
    }

    /** The blocks that decode, in the order of the file; whether they are certificates is not looked at. */
    List<Block> blocks() {
        return blocks;
    }

    /** Their identities; one that is there twice comes twice. */
    List<Identity> identities() {
        List<Identity> identities = new ArrayList<>();
        for (Block block : blocks) {
            identities.add(block.identity());
        }
        return identities;
    }

    /** The lines, from 1, where a block begins that is cut or does not decode. */
    List<Integer> broken() {
        return broken;
    }

    /** Whether a private key stands in the text. */
    boolean hasPrivateKey() {
        return privateKey;
    }

    /** The certificates of a text that are of CAs, judged as at every door. */
    static List<Certificate> authorities(byte[] pem) {
        List<Certificate> authorities = new ArrayList<>();
        for (Reading.Sourced found : new CertificateReader(InstantSource.system())
                .readPem(pem, Place.of(""))
                .certificates()) {
            authorities.add(found.certificate());
        }
        return authorities;
    }

    /** A certificate as RFC 7468 writes it: 64 columns, LF, ending in a line feed. */
    static byte[] pem(byte[] der) {
        return (BEGIN + "\n" + LINES.encodeToString(der) + "\n" + END + "\n").getBytes(ISO_8859_1);
    }
}
