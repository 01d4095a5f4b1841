package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * OpenSSL's hash folder as p11-kit writes it: a file {@code STEM.pem} for each certificate, after its {@link Label}, and
 * two links to it, {@code HASH.N}, one by the hash of OpenSSL 1.0 and later, one by that of older versions, N from 0 on
 * (trust/extract-pem.c, trust/extract-openssl.c). {@link Numbering} has the names of files of the same label.
 *
 * <p>Touched are only the names of labels and hashes of what comes in or goes; what stays in them keeps its order, which
 * is that of the numbers. Every name that is neither a file of one certificate nor such a link stays.
 */
public final class HashFolder {

    private final boolean trusted;
    private final Function<Certificate, String> subjectHash;

    private HashFolder(boolean trusted, Function<Certificate, String> subjectHash) {
        this.trusted = trusted;
        this.subjectHash = subjectHash;
    }

    /**
     * {@code trust extract --format=pem-directory-hash --filter=ca-anchors --purpose=server-auth}.
     *
     * @param subjectHash the hash of OpenSSL 1.0 and later, eight digits
     */
    public static HashFolder pem(Function<Certificate, String> subjectHash) {
        return new HashFolder(false, subjectHash);
    }

    /** {@code trust extract --format=openssl-directory --filter=ca-anchors}: files of TRUSTED CERTIFICATE blocks. */
    public static HashFolder trusted(Function<Certificate, String> subjectHash) {
        return new HashFolder(true, subjectHash);
    }

    /** Whether the folder holds a certificate when p11-kit writes it from an anchor of it. */
    public boolean takes(Certificate certificate) {
        return trusted ? Purpose.isReadable(certificate) : Purpose.SERVER_AUTHENTICATION.allows(certificate);
    }

    /** What OpenSSL finds by the links: each certificate once, under the name of its file. */
    public Held read(SortedMap<String, Node> folder) {
        Map<String, CertificateFile> files = new HashMap<>();
        files(folder).forEach(file -> files.put(file.name(), file));
        Map<String, Held.Entry> entries = new LinkedHashMap<>();
        List<Held.Damage> damages = new ArrayList<>();
        new LinkChains(folder).present().forEach((hash, chain) -> {
            int expected = 0;
            for (Map.Entry<Integer, String> link : chain.entrySet()) {
                CertificateFile file = files.get(link.getValue());
                if (link.getKey() != expected || file == null) {
                    damages.add(new Held.Damage(
                            expected,
                            hash + "." + expected + " is not there or leads to no certificate; OpenSSL looks no"
                                    + " further for this hash."));
                    break;
                }
                entries.putIfAbsent(file.name(), new Held.Entry(file.der(), Optional.of(file.name()), true));
                expected++;
            }
        });
        return new Held(List.copyOf(entries.values()), damages);
    }

    /** The files of exactly one certificate; those of one label in the order of their numbers. */
    private static List<CertificateFile> files(SortedMap<String, Node> folder) {
        List<CertificateFile> files = new ArrayList<>();
        folder.forEach((name, node) -> {
            if (name.endsWith(".pem") && node instanceof Node.File file) {
                CertificateFile.parse(name, file).ifPresent(files::add);
            }
        });
        files.sort(
                Comparator.comparing(CertificateFile::stem).thenComparing(file -> Numbering.FILES.number(file.name())));
        return files;
    }

    /** What the folder shall have. */
    public SortedMap<String, Node> edit(SortedMap<String, Node> now, Edit edit) {
        Distrust distrust = Distrust.of(edit.distrust());
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> takes(certificate) && !distrust.covers(certificate.der()))
                .toList();
        List<CertificateFile> before = files(now);
        List<CertificateFile> after = Edit.kept(
                before,
                adding,
                file -> Optional.of(file.identity()),
                file -> edit.drop().contains(file.identity()) || distrust.covers(file.der()));
        insert(after, adding, edit.place());
        List<String> names = Numbering.FILES.names(
                before.stream().map(CertificateFile::name).toList(),
                after.stream()
                        .map(file -> new Numbering.Name(file.name(), file.isNew()))
                        .toList());

        SortedMap<String, Node> next = new TreeMap<>(now);
        Map<String, Optional<String>> moved = new HashMap<>();
        before.forEach(file -> moved.put(file.name(), Optional.empty()));
        next.keySet().removeAll(moved.keySet());
        Map<String, Identity> identities = new HashMap<>();
        Map<Identity, String> files = new HashMap<>();
        for (int i = 0; i < after.size(); i++) {
            CertificateFile file = after.get(i);
            next.put(names.get(i), file.node());
            identities.put(names.get(i), file.identity());
            files.putIfAbsent(file.identity(), names.get(i));
            if (!file.isNew()) {
                moved.put(file.name(), Optional.of(names.get(i)));
            }
        }
        LinkChains links = new LinkChains(now);
        links.follow(moved);
        SortedMap<String, List<String>> linked = new TreeMap<>();
        for (Certificate certificate : adding) {
            String file = files.getOrDefault(certificate.identity(), "");
            for (String hash : List.of(subjectHash.apply(certificate), oldHash(certificate))) {
                linked.computeIfAbsent(hash, none -> new ArrayList<>()).add(file);
            }
        }
        linked.forEach(
                (hash, ours) -> links.add(hash, ours, name -> Optional.ofNullable(identities.get(name)), edit.place()));
        links.writeTo(next);
        return next;
    }

    /** Puts those that are missing among the files, each at its place among those of its label. */
    private void insert(List<CertificateFile> files, List<Certificate> adding, Edit.Place place) {
        Map<String, List<CertificateFile>> missing = new LinkedHashMap<>();
        List<Optional<Identity>> held =
                files.stream().map(file -> Optional.of(file.identity())).toList();
        for (Certificate certificate : Edit.missing(adding, held)) {
            CertificateFile made = CertificateFile.made(certificate, trusted);
            missing.computeIfAbsent(made.stem(), stem -> new ArrayList<>()).add(made);
        }
        missing.forEach((stem, made) -> {
            List<CertificateFile> same =
                    files.stream().filter(file -> file.stem().equals(stem)).toList();
            int first = same.isEmpty() ? files.size() : files.indexOf(same.getFirst());
            int index = place.among(
                    same.stream().map(file -> Optional.of(file.identity())).toList());
            files.addAll(first + index, made);
        });
    }

    /** The hash of OpenSSL before 1.0: the first four bytes, little endian, of the MD5 of the subject (X509_NAME_hash_old). */
    private static String oldHash(Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(certificate.subjectDer());
            return "%08x"
                    .formatted(ByteBuffer.wrap(digest)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has MD5", impossible);
        }
    }
}
