package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.JavaKeystore;
import dev.capstan.truststore.format.UneditableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The Java keystore beside a folder of links, as Debian's hook keeps it: an entry {@code debian:NAME.pem} for each link
 * by name. Written only where it is there already: it comes with Java. Entries under other aliases are somebody's own and
 * stay. One that is cut, as a kill of the hook leaves it, no Java program can read; it is made anew from the sources.
 *
 * <p>Where {@code /etc/default/cacerts} forbids updates of the keystore, it is left alone.
 */
final class LinkedKeystore {

    private static final String DEFAULTS = "/etc/default/cacerts";

    private final Root root;
    private final String path;
    private final Optional<KeystoreEntries> now;

    /** Ours, and what once was. */
    private final Set<Identity> known;

    LinkedKeystore(Root root, String path, Cache cache, Set<Identity> known) throws IOException {
        this.root = root;
        this.path = path;
        this.known = known;
        this.now = mayUpdate(root) ? cache.keystores().read(root.file(PathText.path(path))) : Optional.empty();
    }

    /** As the hook's own shell would read it: cacerts_updates=yes, also where nothing is said. */
    private static boolean mayUpdate(Root root) throws IOException {
        Optional<byte[]> defaults = root.read(DEFAULTS);
        if (defaults.isEmpty()) {
            return true;
        }
        String value = "yes";
        for (String line : new String(defaults.get(), ISO_8859_1).split("\n", -1)) {
            if (line.strip().startsWith("cacerts_updates=")) {
                value = line.strip()
                        .substring("cacerts_updates=".length())
                        .replace("\"", "")
                        .replace("'", "");
            }
        }
        return value.strip().equals("yes");
    }

    /** Whether it is there and can be read, so that it has to agree with the other outputs. */
    boolean isThere() {
        return now.isPresent() && now.get().damage().isEmpty();
    }

    /** Whether it holds this certificate under our alias. */
    boolean holds(Identity identity, String link) {
        return now.isPresent() && now.get().entries().contains(new KeystoreEntries.Entry(alias(link), identity));
    }

    Set<Identity> identities() {
        return now.isPresent() ? now.get().identities() : Set.of();
    }

    /** Says of every certificate that it is in this keystore. */
    void hold(InventoryMaker maker) throws IOException {
        if (now.isPresent()) {
            byte[] bytes = root.read(path).orElse(new byte[0]);
            JavaKeystore.p11Kit()
                    .read(bytes)
                    .entries()
                    .forEach(entry -> maker.held(entry.identity(), entry.der(), path));
        }
    }

    private static String alias(String link) {
        return "debian:" + link.toLowerCase(Locale.ENGLISH);
    }

    /**
     * The step that brings it to these sources; empty where it needs none.
     *
     * @param remarks where it is said that it cannot be changed
     */
    Optional<Step> toward(
            Collection<Source> sources, CertificateSet wanted, Collection<Identity> distrusted, List<String> remarks)
            throws IOException {
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Map<Identity, String> links = new HashMap<>();
        for (Source source : sources) {
            for (SourceContent.Found found : source.content().certificates()) {
                links.putIfAbsent(found.identity(), source.link());
            }
        }
        for (Identity identity : known) {
            links.put(identity, Ours.name(identity, ".pem"));
        }
        String why = difference(sources, wanted, distrusted);
        if (why.isEmpty()) {
            return Optional.empty();
        }
        JavaKeystore format = JavaKeystore.debian(identity -> links.getOrDefault(identity, identity + ".pem"));
        byte[] bytes = root.read(path).orElse(new byte[0]);
        List<Certificate> all = certificates(sources);
        try {
            byte[] next = format.edit(bytes, edit(all, distrusted, format, bytes));
            return Arrays.equals(next, bytes) ? Optional.empty() : Optional.of(Step.Put.file(path, next, why));
        } catch (UneditableException uneditable) {
            return uneditable.isCut()
                    ? anew(format, all, uneditable)
                    : left(path + " is left as it is: " + uneditable.words() + ".", remarks);
        }
    }

    private Optional<Step> anew(JavaKeystore format, List<Certificate> all, UneditableException cut)
            throws IOException {
        try {
            byte[] next = format.edit(new byte[0], Edit.of(Set.of(), all, Edit.LAST));
            return Optional.of(Step.Put.file(path, next, cut.words()));
        } catch (UneditableException impossible) {
            throw new IOException(path + ": " + impossible.words(), impossible);
        }
    }

    private static Optional<Step> left(String remark, List<String> remarks) {
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
        return Optional.empty();
    }

    private Edit edit(List<Certificate> all, Collection<Identity> distrusted, JavaKeystore format, byte[] bytes) {
        Set<Identity> there = identities();
        List<Certificate> add = new ArrayList<>();
        for (Certificate certificate : all) {
            // What is in it already, under whatever alias, is the hook's affair, unless it is ours.
            if (known.contains(certificate.identity()) || !there.contains(certificate.identity())) {
                add.add(certificate);
            }
        }
        List<Certificate> distrust = new ArrayList<>();
        format.read(bytes).entries().forEach(entry -> {
            if (distrusted.contains(entry.identity())) {
                distrust.addAll(Bundle.authorities(Bundle.pem(entry.der())));
            }
        });
        return new Edit(known, distrust, add, Edit.LAST);
    }

    /** In words what is to be done; nothing where all is well. */
    private String difference(Collection<Source> sources, CertificateSet wanted, Collection<Identity> distrusted) {
        KeystoreEntries entries = now.orElseThrow();
        if (!entries.damage().isEmpty()) {
            return entries.damage();
        }
        Set<Identity> there = entries.identities();
        for (Certificate certificate : wanted.certificates()) {
            if (!holds(certificate.identity(), Ours.name(certificate.identity(), ".pem"))) {
                return Step.lacks(certificate.identity());
            }
        }
        for (KeystoreEntries.Entry entry : entries.entries()) {
            boolean ours = entry.alias().equals(alias(Ours.name(entry.identity(), ".pem")));
            if (distrusted.contains(entry.identity()) || (ours && !wanted.contains(entry.identity()))) {
                return "holds the certificate " + entry.identity() + ", which was removed";
            }
        }
        for (Source source : sources) {
            for (SourceContent.Found found : source.content().certificates()) {
                if (!there.contains(found.identity())
                        && !Bundle.authorities(source.content().bytes()).isEmpty()) {
                    return Step.lacks(found.identity());
                }
            }
        }
        return "";
    }

    private static List<Certificate> certificates(Collection<Source> sources) {
        List<Certificate> certificates = new ArrayList<>();
        for (Source source : sources) {
            certificates.addAll(Bundle.authorities(source.content().bytes()));
        }
        return certificates;
    }
}
