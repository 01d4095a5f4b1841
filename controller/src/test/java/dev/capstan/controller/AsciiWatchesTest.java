package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsciiWatchesTest {

    @Test
    void whatAWatchReceivesSaysTheSameInAsciiWhereverItIsCut() throws Exception {
        String event = "{\"type\":\"ADDED\",\"object\":{\"tag\":\"Zürich, 東京, \ud83d\ude00, \\u00e9\\n\","
                + "\"\ud83d\ude00\":\"a name\"}}\n";
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            var received = new ByteArrayOutputStream();
            var escaping = new AsciiWatches.Escaping((pieces, body) -> pieces.forEach(piece -> {
                while (piece.hasRemaining()) {
                    received.write(piece.get());
                }
            }));
            escaping.consume(List.of(ByteBuffer.wrap(bytes, 0, cut)), null);
            escaping.consume(List.of(ByteBuffer.wrap(bytes, cut, bytes.length - cut)), null);
            assertThat(received.toString(StandardCharsets.UTF_8))
                    .as("cut at " + cut)
                    .isASCII();
            assertThat(Clients.serialization().unmarshal(received.toString(StandardCharsets.US_ASCII), JsonNode.class))
                    .isEqualTo(new ObjectMapper().readTree(bytes));
        }
    }
}
