package dev.capstan.controller;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes what a watch receives in ASCII, before the library reads it. fabric8 7.8.0 (WatchHTTPManager) decodes each piece of a
 * watch by itself and takes the whole array behind the characters: after a character of several bytes there are NULs at the
 * beginning of the next event, which breaks the watch, and one that lies across two pieces is lost. Characters beyond ASCII stand in
 * the texts and names of JSON only, where {@code \\uXXXX} says the same; that the library reads it in names, see {@link Clients}.
 */
final class AsciiWatches implements Interceptor {

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && query.contains("watch=true") ? new Escaping(consumer) : consumer;
    }

    /** The consumer of one watch; its pieces come one after the other. */
    static final class Escaping implements AsyncBody.Consumer<List<ByteBuffer>> {

        private final AsyncBody.Consumer<List<ByteBuffer>> next;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private ByteBuffer rest = ByteBuffer.allocate(0);

        Escaping(AsyncBody.Consumer<List<ByteBuffer>> next) {
            this.next = next;
        }

        @Override
        public void consume(List<ByteBuffer> pieces, AsyncBody body) throws Exception {
            List<ByteBuffer> escaped = new ArrayList<>();
            for (ByteBuffer piece : pieces) {
                escaped.add(escaped(piece));
            }
            next.consume(escaped, body);
        }

        @Override
        public <U> U unwrap(Class<U> type) {
            return next.unwrap(type);
        }

        private ByteBuffer escaped(ByteBuffer piece) {
            ByteBuffer bytes = ByteBuffer.allocate(rest.remaining() + piece.remaining());
            bytes.put(rest).put(piece).flip();
            CharBuffer characters = CharBuffer.allocate(bytes.remaining());
            decoder.decode(bytes, characters, false);
            // What is left is the beginning of a character whose end comes with the next piece.
            rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            var text = new StringBuilder(characters.position());
            for (char c : characters.flip().toString().toCharArray()) {
                if (c < 0x80) {
                    text.append(c);
                } else {
                    text.append("\\u").append(HexFormat.of().toHexDigits(c));
                }
            }
            return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
