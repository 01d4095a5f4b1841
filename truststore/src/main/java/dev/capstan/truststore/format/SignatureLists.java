package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The certificates that UEFI firmware of virtual machines takes for HTTPS boot, {@code edk2/cacerts.bin}, as
 * {@code trust extract --format=edk2-cacerts --filter=ca-anchors --purpose=server-auth} writes them: EFI signature lists
 * (UEFI specification, "Signature Database", EFI_SIGNATURE_LIST), one for each certificate. Numbers are little endian.
 * A list is the kind of its signatures, its size, that of its header, that of each signature; the header; the
 * signatures, each with its owner in front.
 *
 * <p>Lists of other kinds are kept byte for byte, and those with several certificates lose only those that go.
 */
public record SignatureLists() implements StoreFormat {

    private static final int OWNER = 16;
    private static final int HEAD = 16 + 3 * Integer.BYTES;

    /** EFI_CERT_X509_GUID, a5c059a1-94e4-4aa7-87b5-ab155c2bf072, its first three parts little endian. */
    private static final long[] X509 = {0x4aa794e4a5c059a1L, 0x72f02b5c15abb587L};

    /** The owner p11-kit names, dcdd3b50-f405-43fd-96be-bd33b1734776 (trust/extract-edk2.c). */
    private static final long[] P11_KIT = {0x43fdf405dcdd3b50L, 0x764773b133bdbe96L};

    /** One certificate, or a list of another kind. */
    private static final class Item {

        /** For a list that is not in the file yet. */
        static final int NEW = -1;

        final int list;
        final byte[] head;
        final byte[] signature;
        final byte[] der;
        final Optional<Identity> identity;

        /**
         * @param list where the list begins in the file; what is next to each other in the same list is written as one
         * @param head what stands in the list in front of the signatures; all of it, for one of another kind
         * @param signature owner and certificate; none in a list of another kind
         */
        Item(int list, byte[] head, byte[] signature) {
            this.list = list;
            this.head = head;
            this.signature = signature;
            this.der = signature.length == 0 ? signature : Arrays.copyOfRange(signature, OWNER, signature.length);
            this.identity = signature.length == 0 ? Optional.empty() : Optional.of(Identity.ofDer(der));
        }

        Optional<Identity> identity() {
            return identity;
        }
    }

    /** The items, and how many bytes they take; less than all where no list begins or one is cut. */
    private record Parsed(List<Item> items, int end) {}

    private static Parsed parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Item> items = new ArrayList<>();
        int start = 0;
        while (bytes.length - start >= HEAD) {
            long size = Integer.toUnsignedLong(in.getInt(start + 16));
            long header = Integer.toUnsignedLong(in.getInt(start + 20));
            long signature = Integer.toUnsignedLong(in.getInt(start + 24));
            if (size < HEAD || size > bytes.length - start || HEAD + header > size) {
                break;
            }
            int end = start + (int) size;
            int first = start + HEAD + (int) header;
            boolean certificates = in.getLong(start) == X509[0]
                    && in.getLong(start + 8) == X509[1]
                    && signature > OWNER
                    && end > first
                    && (end - first) % signature == 0;
            if (certificates) {
                byte[] head = Arrays.copyOfRange(bytes, start, first);
                for (int next = first; next < end; next += (int) signature) {
                    items.add(new Item(start, head, Arrays.copyOfRange(bytes, next, next + (int) signature)));
                }
            } else {
                items.add(new Item(start, Arrays.copyOfRange(bytes, start, end), new byte[0]));
            }
            start = end;
        }
        return new Parsed(items, start);
    }

    @Override
    public Held read(byte[] bytes) {
        Parsed parsed = parse(bytes);
        List<Held.Entry> entries = parsed.items().stream()
                .filter(item -> item.identity().isPresent())
                .map(item -> new Held.Entry(item.der, Optional.empty(), true))
                .toList();
        return new Held(
                entries,
                parsed.end() == bytes.length
                        ? List.of()
                        : List.of(new Held.Damage(parsed.end(), "here no EFI signature list begins, or it is cut.")));
    }

    @Override
    public boolean takes(Certificate certificate) {
        return Purpose.SERVER_AUTHENTICATION.allows(certificate);
    }

    @Override
    public byte[] edit(byte[] now, Edit edit) throws UneditableException {
        Parsed parsed = parse(now);
        if (parsed.end() < now.length) {
            throw new UneditableException("from byte " + parsed.end() + " on it is no EFI signature list, or a cut one:"
                    + " let the distribution's tool make the file anew");
        }
        Distrust distrust = Distrust.of(edit.distrust());
        List<Certificate> adding = edit.add().stream()
                .filter(certificate -> takes(certificate) && !distrust.covers(certificate.der()))
                .toList();
        List<Item> next = Edit.kept(
                parsed.items(),
                adding,
                Item::identity,
                item -> item.identity().filter(edit.drop()::contains).isPresent() || distrust.covers(item.der));
        List<Optional<Identity>> held = next.stream().map(Item::identity).toList();
        List<Certificate> missing = Edit.missing(adding, held);
        if (missing.isEmpty() && next.size() == parsed.items().size()) {
            return now;
        }
        next.addAll(
                edit.place().among(held),
                missing.stream().map(SignatureLists::made).toList());
        return write(next);
    }

    private static Item made(Certificate certificate) {
        byte[] der = certificate.der();
        ByteBuffer list = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        list.putLong(X509[0]).putLong(X509[1]).putInt(0).putInt(0).putInt(OWNER + der.length);
        ByteBuffer signature = ByteBuffer.allocate(OWNER + der.length).order(ByteOrder.LITTLE_ENDIAN);
        signature.putLong(P11_KIT[0]).putLong(P11_KIT[1]).put(der);
        return new Item(Item.NEW, list.array(), signature.array());
    }

    private static byte[] write(List<Item> items) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < items.size(); ) {
            Item first = items.get(i);
            int end = i + 1;
            while (first.list != Item.NEW && end < items.size() && items.get(end).list == first.list) {
                end++;
            }
            byte[] head = first.head.clone();
            if (first.identity.isPresent()) {
                int size = head.length + (end - i) * first.signature.length;
                ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(16, size);
            }
            out.writeBytes(head);
            items.subList(i, end).forEach(item -> out.writeBytes(item.signature));
            i = end;
        }
        return out.toByteArray();
    }
}
