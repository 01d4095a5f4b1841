package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Java's keystore of trusted certificates, {@code cacerts}: a JKS or a PKCS#12 file under the same name, under the
 * password {@code changeit}. Which of the two it is, its first bytes say, and that it stays. A new file is a JKS, which
 * every Java reads.
 */
public record JavaKeystore(Naming naming) implements StoreFormat {

    /** How entries come to their aliases, and thereby how ours are told from others' of the same certificate. */
    public sealed interface Naming {

        /**
         * Each certificate has an alias of its own. An entry of the same certificate under another alias is somebody
         * else's and stays, unless the certificate is distrusted; one of another certificate under its alias is
         * replaced. New entries stand at the end, whatever place is asked for: the order says nothing.
         */
        record Own(Function<Identity, String> alias) implements Naming {}

        /**
         * As {@code trust extract --format=java-cacerts --filter=ca-anchors --purpose=server-auth} writes it: a
         * certificate is there once, and its alias comes from its {@link Label}; see {@link Numbering} where several
         * have the same.
         */
        record P11Kit() implements Naming {}
    }

    /**
     * The keystore of Debian's ca-certificates-java. Its hook calls an entry {@code debian:NAME.pem} after the link in
     * {@code /etc/ssl/certs} and replaces what has that alias (UpdateCertificates.parseLine, KeyStoreHandler.addAlias in
     * its jar); JKS makes every alias small.
     *
     * @param link the name of a certificate's link
     */
    public static JavaKeystore debian(Function<Identity, String> link) {
        return new JavaKeystore(
                new Naming.Own(identity -> "debian:" + link.apply(identity).toLowerCase(Locale.ENGLISH)));
    }

    /** The keystore that p11-kit writes. */
    public static JavaKeystore p11Kit() {
        return new JavaKeystore(new Naming.P11Kit());
    }

    @Override
    public Held read(byte[] bytes) {
        if (bytes.length == 0) {
            return new Held(List.of(), List.of());
        }
        try {
            return parse(bytes).held();
        } catch (UneditableException unreadable) {
            return new Held(List.of(), List.of(new Held.Damage(0, unreadable.words() + ".")));
        }
    }

    private static Keystore parse(byte[] bytes) throws UneditableException {
        boolean jks = bytes.length >= 4
                && bytes[0] == (byte) 0xfe
                && bytes[1] == (byte) 0xed
                && bytes[2] == (byte) 0xfe
                && bytes[3] == (byte) 0xed;
        return jks ? Jks.parse(bytes) : Pkcs12.parse(bytes);
    }

    @Override
    public boolean takes(Certificate certificate) {
        return switch (naming) {
            case Naming.Own own -> true;
            case Naming.P11Kit p11Kit -> Purpose.SERVER_AUTHENTICATION.allows(certificate);
        };
    }

    @Override
    public byte[] edit(byte[] now, Edit edit) throws UneditableException {
        Keystore keystore = now.length == 0 ? Jks.empty() : parse(now);
        List<Keystore.Item> next = switch (naming) {
            case Naming.Own(Function<Identity, String> alias) -> own(keystore, edit, alias);
            case Naming.P11Kit p11Kit -> p11Kit(keystore, edit);
        };
        return next.equals(keystore.items()) ? now : keystore.with(next);
    }

    private static List<Keystore.Item> own(Keystore keystore, Edit edit, Function<Identity, String> alias)
            throws UneditableException {
        Set<Identity> distrusted = edit.distrusted();
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> !distrusted.contains(certificate.identity()))
                .toList();
        Set<String> aliases = adding.stream()
                .map(certificate -> alias.apply(certificate.identity()))
                .collect(Collectors.toUnmodifiableSet());
        for (Keystore.Item item : keystore.items()) {
            if (item.identity().isEmpty() && aliases.contains(item.alias())) {
                throw new UneditableException("a key in the Java keystore has the alias " + item.alias()
                        + ", under which a certificate shall stand: give it another with keytool -changealias");
            }
        }
        Function<Keystore.Item, Optional<Identity>> counted =
                item -> item.identity().filter(held -> alias.apply(held).equals(item.alias()));
        List<Keystore.Item> next = Edit.kept(
                keystore.items(),
                adding,
                counted,
                item -> aliases.contains(item.alias())
                        || item.identity().filter(distrusted::contains).isPresent()
                        || counted.apply(item).filter(edit.drop()::contains).isPresent());
        Edit.missing(adding, next.stream().map(counted).toList())
                .forEach(certificate -> next.add(keystore.trusting(alias.apply(certificate.identity()), certificate)));
        return next;
    }

    private List<Keystore.Item> p11Kit(Keystore keystore, Edit edit) {
        Distrust distrust = Distrust.of(edit.distrust());
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> takes(certificate) && !distrust.covers(certificate.der()))
                .toList();
        List<Keystore.Item> kept = Edit.kept(
                keystore.items(),
                adding,
                Keystore.Item::identity,
                item -> item.identity().filter(edit.drop()::contains).isPresent() || distrust.covers(item.der()));
        List<Optional<Identity>> held =
                kept.stream().map(Keystore.Item::identity).toList();
        List<Keystore.Item> next = new ArrayList<>(kept);
        next.addAll(
                edit.place().among(held),
                Edit.missing(adding, held).stream()
                        .map(certificate ->
                                keystore.trusting(Label.of(certificate).alias(), certificate))
                        .toList());
        Set<Keystore.Item> staying = Set.copyOf(kept);
        List<String> aliases = Numbering.ALIASES.names(
                keystore.items().stream().map(Keystore.Item::alias).toList(),
                next.stream()
                        .map(item -> new Numbering.Name(item.alias(), !staying.contains(item)))
                        .toList());
        for (int i = 0; i < next.size(); i++) {
            if (!next.get(i).alias().equals(aliases.get(i))) {
                next.set(i, keystore.renamed(next.get(i), aliases.get(i)));
            }
        }
        return next;
    }
}
