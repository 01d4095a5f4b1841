package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a machine's TLS clients find in a root, read by hand as each of them reads, with nothing of the code under test:
 * OpenSSL's bundle and {@code -CApath}, Go, Java. Subject hashes come from the openssl program.
 */
final class Readers {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n");
    private static final Map<Identity, Boolean> SOUND = new ConcurrentHashMap<>();

    private final StockRoot root;
    private final Map<Identity, String> hashes;

    private Readers(StockRoot root, Map<Identity, String> hashes) {
        this.root = root;
        this.hashes = hashes;
    }

    /** Readers that know the hashes of these certificates, and can find no others by hash. */
    static Readers of(StockRoot root, Collection<Certificate> certificates) throws IOException {
        Map<Identity, String> hashes = new HashMap<>();
        Path file = Files.createTempFile("capstan", ".pem");
        for (Certificate certificate : certificates) {
            Files.writeString(file, certificate.pem());
            String hash = Programs.run(List.of("openssl", "x509", "-noout", "-subject_hash", "-in", file.toString()))
                    .succeeded();
            hashes.put(certificate.identity(), hash.strip());
        }
        Files.delete(file);
        return new Readers(root, hashes);
    }

    /** The same readers before another root. */
    Readers at(StockRoot other) {
        return new Readers(other, hashes);
    }

    /** The bundle as OpenSSL and GnuTLS read it: one bad block and nothing can be trusted. */
    List<Identity> bundle() throws IOException {
        String text = Files.readString(root.bundle(), ISO_8859_1);
        List<Identity> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        int end = 0;
        while (block.find()) {
            if (block.start() != end) {
                throw new Unreadable("the bundle has a cut block or other text: "
                        + text.substring(end, Math.min(block.start(), end + 80)));
            }
            end = block.end();
            found.add(sound(block.group(1)));
        }
        if (end != text.length()) {
            throw new Unreadable("the bundle is cut: it ends in " + text.substring(end));
        }
        return found;
    }

    /** {@code -CApath}: HASH.0, HASH.1 and so on until one cannot be opened or read (OpenSSL, by_dir.c). */
    Set<Identity> byHash() throws IOException {
        Set<Identity> found = new TreeSet<>();
        for (String hash : new TreeSet<>(hashes.values())) {
            for (int number = 0; ; number++) {
                List<Identity> inside = lenient(root.outputs().resolve(hash + "." + number));
                if (inside.isEmpty()) {
                    break;
                }
                inside.stream()
                        .filter(identity -> hash.equals(hashes.get(identity)))
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** Go: the bundle, and every file beside it but folders and links within the folder (crypto/x509/root_unix.go). */
    Set<Identity> go() throws IOException {
        Set<Identity> found = new TreeSet<>(lenient(root.bundle()));
        for (Path file : entries()) {
            if (!isLinkWithin(file)) {
                found.addAll(lenient(file));
            }
        }
        return found;
    }

    private static boolean isLinkWithin(Path file) throws IOException {
        try {
            return Files.isSymbolicLink(file)
                    && !Files.readSymbolicLink(file).toString().contains("/");
        } catch (NoSuchFileException gone) {
            return true;
        }
    }

    /** Files that lie where Go reads them and that the distribution's tool would not have put there. */
    List<String> strays() throws IOException {
        List<String> strays = new ArrayList<>();
        for (Path file : entries()) {
            String name = file.getFileName().toString();
            boolean link = Files.isSymbolicLink(file);
            boolean known = link
                    ? name.matches("[0-9a-f]{8}\\.[0-9]+") || name.endsWith(".pem")
                    : name.equals("ca-certificates.crt");
            if (!known && Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(file)) {
                strays.add(name);
            }
        }
        return strays;
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> files = Files.list(root.outputs())) {
            return files.toList();
        }
    }

    /** Java: the keystore, whose own digest must hold; an alias for each certificate. */
    Map<String, Identity> java() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(new ByteArrayInputStream(Files.readAllBytes(root.keystore())), "changeit".toCharArray());
            Map<String, Identity> found = new HashMap<>();
            for (String alias : Collections.list(store.aliases())) {
                found.put(alias, Identity.ofDer(store.getCertificate(alias).getEncoded()));
            }
            return found;
        } catch (GeneralSecurityException | IOException broken) {
            throw new Unreadable("the Java keystore cannot be read: " + broken);
        }
    }

    boolean hasKeystore() {
        return Files.exists(root.keystore());
    }

    /** What is in the folder of local anchors; every file whole. */
    Set<Identity> anchors() throws IOException {
        Set<Identity> found = new LinkedHashSet<>();
        try (Stream<Path> files = Files.walk(root.anchors())) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".crt")).toList()) {
                Matcher block = BLOCK.matcher(Files.readString(file, ISO_8859_1));
                if (!block.matches()) {
                    throw new Unreadable("the anchor " + file + " is cut");
                }
                found.add(sound(block.group(1)));
            }
        }
        return found;
    }

    /** The whole blocks of a file or of what a link leads to; none where it is no file, or goes while it is looked at. */
    private List<Identity> lenient(Path file) throws IOException {
        List<Identity> found = new ArrayList<>();
        try {
            Path target = root.follow(file);
            if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
                Matcher block = BLOCK.matcher(Files.readString(target, ISO_8859_1));
                while (block.find()) {
                    found.add(sound(block.group(1)));
                }
            }
        } catch (NoSuchFileException gone) {
            return List.of();
        }
        return found;
    }

    private static Identity sound(String base64) throws IOException {
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException broken) {
            throw new Unreadable("a block is not base64");
        }
        Identity identity = Identity.ofDer(der);
        SOUND.computeIfAbsent(identity, unread -> {
            try {
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
                return true;
            } catch (GeneralSecurityException broken) {
                throw new Unreadable("a block is no certificate: " + broken);
            }
        });
        return identity;
    }

    /** A client could not read the store at all. */
    static final class Unreadable extends AssertionError {

        private static final long serialVersionUID = 1;

        Unreadable(String what) {
            super(what);
        }
    }
}
