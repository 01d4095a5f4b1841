package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What AKS's PEM reader finds is found here, no more and no less; the real Go says what that is. */
class GoPemTest {

    /** What PEM is made of, and what it is spoiled with. */
    private static final List<String> PIECES = List.of(
            "-----BEGIN CERTIFICATE-----",
            "-----END CERTIFICATE-----",
            "-----BEGIN X-----",
            "-----END X-----",
            "-----BEGIN ",
            "-----END ",
            "-----",
            "----",
            "-----BEGIN a:b-----",
            "-----END a:b-----",
            "-----BEGIN -----",
            "-----END -----",
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "AAAA",
            "AA==",
            "A",
            "=",
            ":",
            "Key: value",
            "hello",
            "\u0000",
            "\u00ef\u00bb\u00bf",
            "#",
            "\u000b");

    private static final List<String> BLOCKS = List.of(
            "-----BEGIN X-----\nAAAA\n-----END X-----\n",
            "-----BEGIN X-----\r\nAA==\r\n-----END X-----\r\n",
            "-----BEGIN X-----\nk: v\n\nAAAA\nAAA=\n-----END X-----\n",
            "-----BEGIN X-----\n-----END X-----\n",
            "-----BEGIN X-----\n",
            "\n-----END X-----\n",
            "words: and more\n",
            "\n");

    @TempDir
    private static Path folder;

    private static Go go;

    @BeforeAll
    static void compile() {
        go = Go.in(folder);
    }

    @Test
    void findsInEveryInputOfTheTableWhatGoFinds() {
        Map<String, byte[]> inputs = Inputs.all();
        List<List<Go.Block>> theirs = go.blocks(inputs.values());
        int index = 0;
        for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
            assertThat(ours(input.getValue())).as(input.getKey()).isEqualTo(brief(theirs.get(index++)));
        }
    }

    @Test
    void findsInFiftyThousandPuzzlesWhatGoFinds() {
        Random random = new Random(20261122);
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int pieces = 1 + random.nextInt(4); pieces > 0; pieces--) {
                text.append(BLOCKS.get(random.nextInt(BLOCKS.size())));
            }
            for (int spoiled = random.nextInt(5); spoiled > 0; spoiled--) {
                int from = random.nextInt(text.length() + 1);
                int to = Math.min(text.length(), from + (random.nextBoolean() ? 0 : 1 + random.nextInt(30)));
                text.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
            }
            inputs.add(Pki.bytes(text.toString()));
        }
        List<List<Go.Block>> theirs = go.blocks(inputs);
        int found = 0;
        for (int i = 0; i < inputs.size(); i++) {
            found += theirs.get(i).size();
            assertThat(ours(inputs.get(i)))
                    .as(Base64.getEncoder().encodeToString(inputs.get(i)))
                    .isEqualTo(brief(theirs.get(i)));
        }
        assertThat(found).as("blocks in the puzzles").isGreaterThan(1_000);
    }

    @Test
    void needsNoMoreThanTheLengthWhereGoNeedsItsSquare() {
        int size = CertificateReader.LARGEST_ENTRY;
        for (String piece : List.of(
                "-----BEGIN CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE\n",
                "-----BEGIN ",
                "-----BEGIN a:b-----\n",
                "-----BEGIN X-----\nAAAA\n")) {
            byte[] input = Pki.bytes(piece.repeat(size / piece.length()) + "\n-----END CERTIFICATE-----");
            long start = ThreadTime.nanos();
            GoPem.blocks(input);
            assertThat(Duration.ofNanos(ThreadTime.nanos() - start)).as(piece).isLessThan(Duration.ofSeconds(15));
        }
    }

    private static List<String> ours(byte[] input) {
        return GoPem.blocks(input).stream()
                .map(block -> block.label() + " " + Identity.ofDer(block.bytes()))
                .toList();
    }

    private static List<String> brief(List<Go.Block> blocks) {
        return blocks.stream()
                .map(block -> block.label() + " " + block.sha256())
                .toList();
    }
}
