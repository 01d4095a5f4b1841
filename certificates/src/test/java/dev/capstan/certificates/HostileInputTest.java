package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whatever comes, at whichever door: time and memory in the length of the input, no exception, a bounded number of findings. */
class HostileInputTest {

    private static final int SIZE = CertificateReader.LARGEST_ENTRY;

    /** For each byte of the largest entry the reader may allocate so many, in all, while it reads. */
    private static final long BYTES_EACH = 300;

    static Map<String, String> hostile() {
        Map<String, String> hostile = new LinkedHashMap<>();
        hostile.put("BEGIN lines", full("-----BEGIN CERTIFICATE-----\n"));
        hostile.put("END lines", full("-----END CERTIFICATE-----\n"));
        hostile.put("empty blocks", full("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
        hostile.put("blocks of one byte", full("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"));
        hostile.put("indented BEGIN lines", full(" -----BEGIN CERTIFICATE-----\n"));
        hostile.put("PRIVATE KEY without dashes", full("PRIVATE KEY\n"));
        hostile.put("dashes", full("-"));
        hostile.put("BEGINs on one line", full("-----BEGIN "));
        hostile.put("blocks on one line", full("-----BEGIN X-----AAAA-----END X-----"));
        hostile.put("boundaries run together", full("-----BEGIN CERTIFICATE----------END CERTIFICATE-----"));
        hostile.put("backslash n on one line with a boundary", "-----BEGIN X-----" + full("\\n"));
        hostile.put("header lines", "-----BEGIN CERTIFICATE-----\n" + full("a:b\n"));
        hostile.put(
                "one long line in a block",
                "-----BEGIN CERTIFICATE-----\n" + full("A") + "\n-----END CERTIFICATE-----\n");
        hostile.put("base64 that is nothing", full("A"));
        hostile.put("words of base64", full("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB "));
        hostile.put("paragraphs", full("x\n\n"));
        hostile.put("paragraphs of base64", full("MIIC\n\n"));
        hostile.put("carriage returns", full("\r"));
        hostile.put("line feeds", full("\n"));
        hostile.put("zeros", full("\0"));
        hostile.put("byte order marks", full("\u00ef\u00bb\u00bf"));
        hostile.put("comments", full("# -----BEGIN CERTIFICATE-----\n"));
        hostile.put("the same certificate again and again", full(Inputs.ONE));
        hostile.put("base64 of base64 of base64", layers());
        hostile.put("deep DER", Pki.pem(deep(50_000)));
        hostile.put("deep DER where a name is", Pki.pem(deepName()));
        hostile.put("a million elements in a SEQUENCE", Pki.pem(wide(1_000_000)));
        hostile.put("a million elements in a PKCS#7 container", Pki.pem("PKCS7", wide(1_000_000)));
        hostile.put(
                "DER of a million elements", new String(wide(1_000_000), java.nio.charset.StandardCharsets.ISO_8859_1));
        hostile.put("a million SEQUENCEs behind each other", full("0\u0081\0"));
        return hostile;
    }

    private static String full(String piece) {
        return piece.repeat((SIZE - 100) / piece.length());
    }

    @Test
    void costsNoMoreThanItsLengthAtAnyDoor() {
        List<Function<byte[], Reading>> doors = List.of(DoorsTest::file, DoorsTest::list);
        hostile().forEach((name, text) -> {
            byte[] input = Pki.bytes(text);
            for (Function<byte[], Reading> door : doors) {
                long start = ThreadTime.nanos();
                long allocated = allocated();
                Reading reading = door.apply(input);
                assertThat(Duration.ofNanos(ThreadTime.nanos() - start))
                        .as(name)
                        .isLessThan(Duration.ofSeconds(40));
                assertThat(allocated() - allocated).as(name).isLessThan(BYTES_EACH * SIZE);
                assertThat(reading.findings()).as(name).hasSizeBetween(1, 310);
            }
        });
    }

    @Test
    void whatIsNotListedIsCounted() {
        Reading many = DoorsTest.secret(Pki.bytes(hostile().get("empty blocks")));
        int blocks = (SIZE - 100) / 54;

        assertThat(many.findings())
                .filteredOn(finding -> finding.code() != FindingCode.OVER_SIZE)
                .hasSize(101)
                .last()
                .extracting(Finding::message)
                .asString()
                .startsWith((blocks - 100) + " more findings of severity error");
    }

    @Test
    void tenThousandCertificatesAreReadAndEachIsJudged() {
        byte[] template = new Pki.Request("many")
                .serial(BigInteger.valueOf(0x4000_0000_0000_0000L))
                .der();
        int at = indexOfSerial(template);
        Map<String, byte[]> data = new LinkedHashMap<>();
        for (int key = 0; key < 5; key++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 2_000; i++) {
                byte[] der = template.clone();
                int number = key * 2_000 + i;
                der[at + 6] = (byte) (number >> 8);
                der[at + 7] = (byte) number;
                text.append(Pki.pem(der));
            }
            data.put("ca" + key + ".crt", Pki.bytes(text.toString()));
        }
        long start = ThreadTime.nanos();
        Reading reading = new CertificateReader(DoorsTest.NOW).readSecret(data, "secret");

        assertThat(Duration.ofNanos(ThreadTime.nanos() - start)).isLessThan(Duration.ofSeconds(100));
        assertThat(reading.certificates()).hasSize(10_000);
        assertThat(reading.set().size()).isEqualTo(10_000);
        // All are of one CA, and that is said a bounded number of times.
        assertThat(reading.findings())
                .filteredOn(finding -> finding.code() != FindingCode.OVER_SIZE)
                .hasSize(101);
    }

    /** As many keys as an object in etcd can have, nothing of use in any of them. */
    @Test
    void ofASecretOfAHundredThousandKeysSoMuchIsSaidAsOfAFew() {
        Map<String, byte[]> data = new LinkedHashMap<>();
        for (int key = 0; key < 100_000; key++) {
            data.put("k" + key, new byte[] {'x'});
        }
        Reading reading = DoorsTest.secret(data);

        assertThat(reading.findings()).hasSizeBetween(1_001, 1_300);
        assertThat(reading.findings())
                .anySatisfy(
                        finding -> assertThat(finding.message()).startsWith("99000 more findings of severity error"));
    }

    private static int indexOfSerial(byte[] der) {
        for (int i = 0; ; i++) {
            if (der[i] == 0x02 && der[i + 1] == 8 && der[i + 2] == 0x40) {
                return i + 2;
            }
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static String layers() {
        String text = "A".repeat(SIZE / 3);
        for (int i = 0; i < 3; i++) {
            text = Inputs.base64(text);
        }
        return text;
    }

    private static byte[] wide(int elements) {
        byte[] content = new byte[2 * elements];
        for (int i = 0; i < content.length; i += 2) {
            content[i] = 0x05;
        }
        return Inputs.join(header(content.length), content);
    }

    private static byte[] deep(int levels) {
        List<byte[]> outside = new ArrayList<>();
        int length = 2;
        for (int i = 0; i < levels; i++) {
            byte[] head = header(length);
            outside.add(head);
            length += head.length;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        outside.reversed().forEach(whole::writeBytes);
        whole.writeBytes(new byte[] {0x05, 0x00});
        return whole.toByteArray();
    }

    private static byte[] header(int length) {
        return length < 0x80
                ? new byte[] {0x30, (byte) length}
                : length < 0x100
                        ? new byte[] {0x30, (byte) 0x81, (byte) length}
                        : length < 0x10000
                                ? new byte[] {0x30, (byte) 0x82, (byte) (length >> 8), (byte) length}
                                : new byte[] {
                                    0x30, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length
                                };
    }

    /** A certificate whose every field is a deep nest. */
    private static byte[] deepName() {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (int i = 0; i < 6; i++) {
            fields.writeBytes(deep(2_000));
        }
        byte[] signed = Inputs.join(header(fields.size()), fields.toByteArray());
        byte[] all = Inputs.join(signed, Inputs.join(deep(10), deep(10)));
        return Inputs.join(header(all.length), all);
    }
}
