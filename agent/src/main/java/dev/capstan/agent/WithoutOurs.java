package dev.capstan.agent;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What of the node's set the node would trust without it, by the bundle without our set. The bundle is read, line by line, when
 * it or the set is another than the last time, which on most nodes is once.
 */
final class WithoutOurs {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private @Nullable Stamp stamp;
    private Set<Identity> both = Set.of();

    private record Stamp(Path bundle, long size, FileTime modified, CertificateSet set) {}

    /** Those of the set that are in the bundle too; none where the bundle cannot be read. */
    Set<Identity> trustedAnyway(Path bundle, CertificateSet set) {
        try {
            Stamp now = new Stamp(bundle, Files.size(bundle), Files.getLastModifiedTime(bundle), set);
            if (!now.equals(stamp)) {
                both = set.isEmpty() ? Set.of() : read(bundle, set);
                stamp = now;
            }
        } catch (IOException unreadable) {
            // That the store cannot be read is told by those who need it; this is good to know and no more.
            stamp = null;
            both = Set.of();
        }
        return both;
    }

    private static Set<Identity> read(Path bundle, CertificateSet set) throws IOException {
        Set<Identity> both = new TreeSet<>();
        StringBuilder block = new StringBuilder();
        try (BufferedReader lines = Files.newBufferedReader(bundle, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(BEGIN)) {
                    block.setLength(0);
                } else if (line.equals(END)) {
                    Identity identity = Identity.ofDer(Base64.getMimeDecoder().decode(block.toString()));
                    if (set.contains(identity)) {
                        both.add(identity);
                    }
                } else {
                    block.append(line);
                }
            }
        } catch (IllegalArgumentException damaged) {
            throw new IOException("a block of " + bundle + " is no base64", damaged);
        }
        return both;
    }
}
