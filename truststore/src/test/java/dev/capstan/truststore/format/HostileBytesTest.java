package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever bytes a file has: reading ends soon and says what is wrong, and an edit keeps what is foreign or refuses in
 * words. The number of tries for each format is the property {@code capstan.mutations}.
 */
class HostileBytesTest {

    private static final int MUTATIONS = Integer.getInteger("capstan.mutations", 400);

    @Test
    void cutAndMutatedFilesAreReadAndEditedOrRefused(@TempDir Path folder) {
        List<Certificate> foreign = List.of(
                Tools.authority(folder, "/CN=Foreign"),
                Tools.authority(folder, "/CN=Foreign"),
                Tools.authority(folder, "/CN=Another"));
        Certificate ours = Tools.authority(folder, "/CN=Foreign/O=Ours");
        for (StoreFormat format : List.of(
                new P11KitBundle(Purpose.SERVER_AUTHENTICATION, true),
                new P11KitBundle(Purpose.SERVER_AUTHENTICATION, false),
                new TrustedBundle(),
                new SignatureLists(),
                JavaKeystore.p11Kit(),
                JavaKeystore.debian(identity -> identity + ".pem"))) {
            Assertions.assertTimeoutPreemptively(
                    Duration.ofMinutes(10), () -> torment(format, foreign, ours, bytes -> bytes), format.toString());
        }
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(10),
                () -> torment(JavaKeystore.p11Kit(), foreign, ours, HostileBytesTest::withItsDigest));
    }

    private static void torment(
            StoreFormat format, List<Certificate> foreign, Certificate ours, UnaryOperator<byte[]> mended)
            throws Exception {
        byte[] sample = format.edit(new byte[0], Edit.of(Set.of(), foreign, Edit.LAST));
        assertThat(format.read(sample).identities()).hasSize(foreign.size());
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int edited = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mended.apply(mutated(sample, random));
            try {
                Held before = format.read(mutated);
                byte[] added = format.edit(mutated, Edit.of(Set.of(), List.of(ours), Edit.LAST));
                Held with = format.read(added);
                assertThat(with.trusted()).contains(ours.identity());
                assertThat(added.length).isLessThan(mutated.length + 4096);
                assertThat(with.damages()).hasSameSizeAs(before.damages());
                byte[] removed = format.edit(added, Edit.of(Set.of(ours.identity()), List.of(), Edit.LAST));
                assertThat(format.read(removed).identities()).isEqualTo(before.identities());
                boolean textIsArranged = format instanceof P11KitBundle || format instanceof TrustedBundle;
                if (mutated.length > 0 && !textIsArranged) {
                    assertThat(removed.length - mutated.length).isBetween(0, 1);
                    assertThat(Arrays.copyOf(removed, mutated.length)).isEqualTo(mutated);
                }
                edited++;
            } catch (UneditableException refused) {
                assertThat(refused.words()).isNotBlank();
                assertThat(format.read(mutated).damages()).isNotEmpty();
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError(format + ", seed " + seed + ", mutation " + i, failed);
            }
        }
        assertThat(edited).as("%s, seed %s", format, seed).isPositive();
    }

    /** The sample with some of it cut, repeated, overwritten or with the largest of numbers in it; now and then whole. */
    private static byte[] mutated(byte[] sample, Random random) {
        byte[] bytes = sample.clone();
        for (int times = random.nextInt(4); times > 0 && bytes.length > 8; times--) {
            int at = random.nextInt(bytes.length - 4);
            switch (random.nextInt(6)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> Arrays.fill(bytes, at, at + 4, (byte) 0xff);
                case 3 -> Arrays.fill(bytes, at, at + 4, (byte) 0x7f);
                case 4 -> bytes[at] = (byte) random.nextInt(256);
                default -> {
                    ByteArrayOutputStream repeated = new ByteArrayOutputStream();
                    repeated.write(bytes, 0, at);
                    repeated.write(bytes, at / 2, bytes.length - at / 2);
                    bytes = repeated.toByteArray();
                }
            }
        }
        return bytes;
    }

    /** A JKS whose digest is right for what it has become, so that what is behind that check is met too. */
    private static byte[] withItsDigest(byte[] jks) {
        try {
            byte[] content = Arrays.copyOf(jks, Math.max(0, jks.length - 20));
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update("changeit".getBytes(UTF_16BE));
            sha1.update("Mighty Aphrodite".getBytes(UTF_8));
            byte[] mended = Arrays.copyOf(content, content.length + 20);
            System.arraycopy(sha1.digest(content), 0, mended, content.length, 20);
            return mended;
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
