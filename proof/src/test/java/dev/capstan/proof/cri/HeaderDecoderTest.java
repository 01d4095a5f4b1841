package dev.capstan.proof.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderDecoderTest {

    private static ByteBuffer block(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** RFC 7541, C.6: three responses on one connection, with Huffman codes and a table of 256 bytes that overflows. */
    @Test
    void theExamplesOfTheStandardAreDecoded() throws IOException {
        var decoder = new HeaderDecoder();
        assertThat(decoder.decode(block("3fe1 01")).isEmpty()).isTrue();

        assertThat(decoder.decode(
                        block("4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
                                + "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3")))
                .containsEntry(":status", "302")
                .containsEntry("cache-control", "private")
                .containsEntry("date", "Mon, 21 Oct 2013 20:13:21 GMT")
                .containsEntry("location", "https://www.example.com");
        assertThat(decoder.decode(block("4883 640e ffc1 c0bf")))
                .containsEntry(":status", "307")
                .containsEntry("location", "https://www.example.com");
        assertThat(decoder.decode(
                        block("88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
                                + "77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0"
                                + "03ed 4ee5 b106 3d50 07")))
                .containsEntry(":status", "200")
                .containsEntry("content-encoding", "gzip")
                .containsEntry("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // index 0
                "ff ff ff ff ff 0f", // an index without end
                "be", // an index of a table that is empty
                "40 85", // a length, and nothing after it
                "3f e2 1f", // a table larger than agreed
                "00 01 61 81 00", // Huffman padding of zeros
                "00 01 61 84 ff ff ff ff" // Huffman's end of string
            })
    void whatIsNoneIsRefused(String hex) {
        assertThatThrownBy(() -> new HeaderDecoder().decode(block(hex))).isInstanceOf(IOException.class);
    }

    @RepeatedTest(50)
    void garbageIsRefusedOrDecodedAndNothingElse(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        var decoder = new HeaderDecoder();
        for (int i = 0; i < 200; i++) {
            var bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            try {
                decoder.decode(ByteBuffer.wrap(bytes));
                Message.parse(bytes).text(1);
            } catch (IOException refused) {
                assertThat(refused.getMessage()).startsWith("the runtime's");
            }
        }
    }
}
