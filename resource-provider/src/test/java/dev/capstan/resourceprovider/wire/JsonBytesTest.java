package dev.capstan.resourceprovider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonBytesTest {

    /** Around the ends of the buffers of Jackson's writers: 1,000 and 4,000 characters, 8,000 bytes. */
    static Stream<Integer> lengths() {
        return IntStream.of(0, 1000, 2000, 4000, 8000)
                .flatMap(end -> IntStream.rangeClosed(Math.max(0, end - 20), end + 20))
                .boxed();
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void aCharacterBeyondTheBasicPlaneIsWrittenWholeWhereverItStands(int length) throws Exception {
        var text = "a".repeat(length) + "\uD83D\uDE00b";
        var tree = Json.object().put("value", text).put(text, "name");

        var bytes = Json.bytes(tree);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\"" + text + "\":", ":\"" + text + "\"");
        assertThat(new ObjectMapper().readTree(bytes)).isEqualTo(tree);
    }
}
