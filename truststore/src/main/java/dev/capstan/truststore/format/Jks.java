package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Java's own keystore format (sun.security.provider.JavaKeyStore, which has it in comments): a magic number, a version,
 * the number of entries; each entry is a kind, an alias, a date in milliseconds and a key with its chain or one
 * certificate; then a SHA-1 over the password, the words "Mighty Aphrodite" and all before. Numbers are big endian,
 * texts in Java's modified UTF-8. Every entry is kept byte for byte.
 *
 * <p>A new entry gets the newest date in the file. It says when an entry was made and nothing reads it; p11-kit gives
 * all entries the time of its run, so that ours are as p11-kit's run would have made them.
 */
final class Jks implements Keystore {

    private static final int MAGIC = 0xfeedfeed;
    private static final int KEY = 1;
    private static final int TRUSTED = 2;
    private static final int DIGEST_SIZE = 20;
    private static final String DAMAGED = "the Java keystore is cut or damaged";

    private final int version;
    private final long newest;
    private final List<Item> items;

    private Jks(int version, long newest, List<Item> items) {
        this.version = version;
        this.newest = newest;
        this.items = items;
    }

    /** One without entries. */
    static Jks empty() {
        return new Jks(2, Long.MIN_VALUE, List.of());
    }

    /** @throws UneditableException if it is damaged, of a version that Java does not know, or under another password */
    static Jks parse(byte[] bytes) throws UneditableException {
        // What is read is only ever a window on the bytes: no length in the file is believed beyond what is there.
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            if (in.readInt() != MAGIC) {
                throw new UneditableException("it is no Java keystore of the format JKS");
            }
            int version = in.readInt();
            if (version != 1 && version != 2) {
                throw new UneditableException("the Java keystore is of version " + version + ", which no Java reads");
            }
            int count = in.readInt();
            long newest = Long.MIN_VALUE;
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int start = bytes.length - in.available();
                int kind = in.readInt();
                String alias = in.readUTF();
                newest = Math.max(newest, in.readLong());
                byte[] der = null;
                if (kind == TRUSTED) {
                    der = certificate(in, version);
                } else if (kind == KEY) {
                    skip(in);
                    for (int chain = in.readInt(); chain > 0; chain--) {
                        certificate(in, version);
                    }
                } else {
                    throw new UneditableException(DAMAGED + ": entry " + (i + 1) + " is of a kind that there is not");
                }
                int end = bytes.length - in.available();
                items.add(new Item(alias, der, Arrays.copyOfRange(bytes, start, end), 0));
            }
            int end = bytes.length - in.available();
            byte[] content = Arrays.copyOf(bytes, end);
            byte[] digest = in.readNBytes(DIGEST_SIZE);
            if (digest.length < DIGEST_SIZE) {
                throw UneditableException.cut(DAMAGED + ": it ends early");
            }
            checkDigest(content, digest);
            if (in.available() > 0) {
                throw new UneditableException(DAMAGED + ": " + in.available() + " bytes follow its end");
            }
            return new Jks(version, newest, List.copyOf(items));
        } catch (IOException cut) {
            throw UneditableException.cut(DAMAGED + ": it ends early, or a text in it is none");
        }
    }

    private static byte @Nullable [] certificate(DataInputStream in, int version) throws IOException {
        String type = version == 1 ? "X.509" : in.readUTF();
        byte[] der = in.readNBytes(length(in));
        return type.equals("X.509") ? der : null;
    }

    private static void skip(DataInputStream in) throws IOException {
        in.skipNBytes(length(in));
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("longer than the file");
        }
        return length;
    }

    private static void checkDigest(byte[] content, byte[] digest) throws UneditableException {
        if (!Arrays.equals(digest, digest(PASSWORD, content))) {
            throw new UneditableException(
                    Arrays.equals(digest, digest("", content))
                            ? "the Java keystore is under an empty password instead of '" + PASSWORD
                                    + "': set it with keytool -storepasswd"
                            : "the Java keystore is under another password than '" + PASSWORD
                                    + "', or damaged: set that password with keytool -storepasswd, or let the"
                                    + " distribution's tool make the file anew");
        }
    }

    private static byte[] digest(String password, byte[] content) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(password.getBytes(UTF_16BE));
            sha1.update("Mighty Aphrodite".getBytes(UTF_8));
            return sha1.digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        }
    }

    @Override
    public List<Item> items() {
        return items;
    }

    @Override
    public Item trusting(String alias, Certificate certificate) {
        byte[] der = certificate.der();
        long date = newest == Long.MIN_VALUE ? certificate.notBefore().toEpochMilli() : newest;
        return new Item(
                alias,
                der,
                written(out -> {
                    out.writeInt(TRUSTED);
                    out.writeUTF(alias);
                    out.writeLong(date);
                    if (version == 2) {
                        out.writeUTF("X.509");
                    }
                    out.writeInt(der.length);
                    out.write(der);
                }),
                0);
    }

    @Override
    public Item renamed(Item item, String alias) {
        int aliasStart = Integer.BYTES;
        byte[] raw = item.raw();
        int aliasEnd = aliasStart + 2 + (((raw[aliasStart] & 0xff) << 8) | (raw[aliasStart + 1] & 0xff));
        byte[] renamed = written(out -> {
            out.write(raw, 0, aliasStart);
            out.writeUTF(alias);
            out.write(raw, aliasEnd, raw.length - aliasEnd);
        });
        return new Item(alias, item.identity().isPresent() ? item.der() : null, renamed, item.group());
    }

    @Override
    public byte[] with(List<Item> next) {
        byte[] content = written(out -> {
            out.writeInt(MAGIC);
            out.writeInt(version);
            out.writeInt(next.size());
            for (Item item : next) {
                out.write(item.raw());
            }
        });
        return written(out -> {
            out.write(content);
            out.write(digest(PASSWORD, content));
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory does not fail, and aliases are short", impossible);
        }
        return bytes.toByteArray();
    }
}
