package dev.capstan.cli.certificates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Documents that were made to break what reads them, and many that chance makes. {@code -Dcapstan.fuzz=N} of these. */
class ManifestFuzzTest {

    private static final int INPUTS = Integer.getInteger("capstan.fuzz", 5_000);
    private static final long SEED = Long.getLong("capstan.fuzz.seed", 20261122L);
    private static final int SIZE = 3_000_000;

    @Test
    void everyDocumentOfTheSeedsIsReadAndHoldsTheCertificate() {
        for (String document : ManifestFuzz.DOCUMENTS) {
            assertThat(ManifestFuzz.judge(document.getBytes(UTF_8)))
                    .as(document)
                    .hasValueSatisfying(
                            reading -> assertThat(reading.certificates()).hasSize(1));
        }
    }

    @Test
    void noMutatedDocumentBreaksTheReader() {
        Random random = new Random(SEED);
        int read = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = ManifestFuzz.mutated(random);
            try {
                read += ManifestFuzz.judge(input).isPresent() ? 1 : 0;
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError(
                        "input " + i + ": " + Base64.getEncoder().encodeToString(input), failed);
            }
        }
        assertThat(read).isGreaterThan(INPUTS / 4);
    }

    @Test
    void hostileDocumentsCostNoMoreThanTheirLengthAndGiveABoundedNumberOfFindings() {
        hostile().forEach((name, text) -> {
            try {
                ManifestFuzz.judge(text.getBytes(UTF_8));
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError(name, failed);
            }
        });
    }

    static Map<String, String> hostile() {
        Map<String, String> hostile = new LinkedHashMap<>();
        hostile.put("lists of aliases of lists", bomb(24, 2));
        hostile.put("lists of aliases of lists, three at a time", bomb(16, 3));
        hostile.put("a list that holds itself", "&a\nkind: List\nitems: [*a, *a]\n");
        hostile.put("nested in flow", "kind: Secret\ndata: " + "[".repeat(SIZE - 30));
        hostile.put("nested in flow, closed", "kind: Secret\ndata: " + "[".repeat(100_000) + "]".repeat(100_000));
        hostile.put("mappings in flow", "kind: Secret\ndata: " + "{a: ".repeat(SIZE / 5));
        hostile.put("sequences in a line", "kind: Secret\ndata:\n  " + "- ".repeat(SIZE / 3));
        hostile.put("deep in lines", deep());
        hostile.put("keys without a value", keys(i -> "  k" + i + ":\n"));
        hostile.put("keys with no base64", keys(i -> "  k" + i + ": '*'\n"));
        hostile.put("one key again and again", keys(i -> "  k: ''\n"));
        hostile.put(
                "fifty Secrets of the same data",
                keys(i -> "  k" + i + ":\n").replace("data:\n", "data: &d\n").substring(0, SIZE / 2) + ":\n"
                        + "---\nkind: Secret\ndata: *d\n".repeat(49));
        hostile.put(
                "fifty Secrets of the same data in a list",
                "kind: List\nitems:\n- kind: Secret\n  data: &d {"
                        + IntStream.range(0, 150_000)
                                .mapToObj(i -> "k" + i + ": e30=")
                                .collect(Collectors.joining(", "))
                        + "}\n" + "- {kind: Secret, data: *d}\n".repeat(49));
        hostile.put("one value of all", "kind: Secret\ndata:\n  k: " + "A".repeat(SIZE) + "\n");
        hostile.put("kinds again and again", "kind: Secret\n".repeat(SIZE / 14));
        hostile.put("documents", "kind: Secret\n---\n".repeat(SIZE / 18));
        hostile.put(
                "clusters",
                "kind: Config\nclusters:\n"
                        + "- {name: a, cluster: {certificate-authority-data: e30=}}\n".repeat(SIZE / 60));
        hostile.put(
                "entries of a list", "securityProfile:\n  customCATrustCertificates:\n" + "  - x\n".repeat(SIZE / 7));
        hostile.put(
                "anchors",
                "kind: Secret\ndata:\n"
                        + keys(i -> "  k" + i + ": &a" + i + " x\n").substring(19));
        hostile.put(
                "a key of a million characters",
                "kind: Secret\ndata:\n  ? \"" + "k".repeat(SIZE / 2) + "\"\n  : e30=\n");
        hostile.put("quotes", "kind: Secret\ndata:\n  a: \"" + "\\u0041".repeat(SIZE / 7) + "\"\n");
        hostile.put("folded lines", "kind: Secret\nstringData:\n  a: >\n" + "    x\n\n".repeat(SIZE / 8));
        hostile.put("comments", "kind: Secret\n" + "#\n".repeat(SIZE / 3));
        hostile.put(
                "a key with a long name, and what is said of it",
                "kind: Secret\ndata:\n  " + "k".repeat(1_000) + ": '*'\n");
        hostile.put("marks in a text", "kind: " + "\n \n kind".repeat(SIZE / 9));
        hostile.put("white space and nothing else", " \n".repeat(SIZE / 2) + "x");
        hostile.put("commas", ", ".repeat(SIZE / 2) + "x");
        hostile.put("white space", "x" + " \n".repeat(SIZE / 3) + "\nkind: Secret\n");
        return hostile;
    }

    private static String bomb(int levels, int each) {
        StringBuilder text = new StringBuilder("---\n- &l0 {kind: Secret, data: {a: e30=}}\n");
        for (int level = 1; level <= levels; level++) {
            String items = String.join(", ", java.util.Collections.nCopies(each, "*l" + (level - 1)));
            text.append("- &l")
                    .append(level)
                    .append(" {kind: List, items: [")
                    .append(items)
                    .append("]}\n");
        }
        return "kind: List\nitems:\n" + text.substring(4);
    }

    private static String deep() {
        return "kind: Secret\ndata:\n"
                + IntStream.range(1, 1_700)
                        .mapToObj(i -> " ".repeat(i) + "a:\n")
                        .collect(Collectors.joining());
    }

    private static String keys(java.util.function.IntFunction<String> key) {
        StringBuilder text = new StringBuilder("kind: Secret\ndata:\n");
        for (int i = 0; text.length() < SIZE; i++) {
            text.append(key.apply(i));
        }
        return text.toString();
    }
}
