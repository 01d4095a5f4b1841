package dev.capstan.proof.cri;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HPACK's decoder (RFC 7541), with its dynamic table of the usual size, which a server may use unasked. */
final class HeaderDecoder {

    private static final int LARGEST_TABLE = 4096;
    private static final int ENTRY_OVERHEAD = 32;

    /** RFC 7541, appendix A; names and values in turn. */
    private static final String[] STATIC = {
        ":authority",
        "",
        ":method",
        "GET",
        ":method",
        "POST",
        ":path",
        "/",
        ":path",
        "/index.html",
        ":scheme",
        "http",
        ":scheme",
        "https",
        ":status",
        "200",
        ":status",
        "204",
        ":status",
        "206",
        ":status",
        "304",
        ":status",
        "400",
        ":status",
        "404",
        ":status",
        "500",
        "accept-charset",
        "",
        "accept-encoding",
        "gzip, deflate",
        "accept-language",
        "",
        "accept-ranges",
        "",
        "accept",
        "",
        "access-control-allow-origin",
        "",
        "age",
        "",
        "allow",
        "",
        "authorization",
        "",
        "cache-control",
        "",
        "content-disposition",
        "",
        "content-encoding",
        "",
        "content-language",
        "",
        "content-length",
        "",
        "content-location",
        "",
        "content-range",
        "",
        "content-type",
        "",
        "cookie",
        "",
        "date",
        "",
        "etag",
        "",
        "expect",
        "",
        "expires",
        "",
        "from",
        "",
        "host",
        "",
        "if-match",
        "",
        "if-modified-since",
        "",
        "if-none-match",
        "",
        "if-range",
        "",
        "if-unmodified-since",
        "",
        "last-modified",
        "",
        "link",
        "",
        "location",
        "",
        "max-forwards",
        "",
        "proxy-authenticate",
        "",
        "proxy-authorization",
        "",
        "range",
        "",
        "referer",
        "",
        "refresh",
        "",
        "retry-after",
        "",
        "server",
        "",
        "set-cookie",
        "",
        "strict-transport-security",
        "",
        "transfer-encoding",
        "",
        "user-agent",
        "",
        "vary",
        "",
        "via",
        "",
        "www-authenticate",
        ""
    };

    private record Header(String name, String value) {

        int size() {
            return name.length() + value.length() + ENTRY_OVERHEAD;
        }
    }

    /** Newest first. */
    private final List<Header> dynamic = new ArrayList<>();

    private int tableLimit = LARGEST_TABLE;

    /**
     * Reads a whole header block; of two headers of one name the last counts.
     *
     * @throws IOException if it is none
     */
    Map<String, String> decode(ByteBuffer block) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        while (block.hasRemaining()) {
            int first = block.get() & 0xff;
            if ((first & 0x80) != 0) {
                Header header = header(number(block, first, 7));
                headers.put(header.name(), header.value());
            } else if ((first & 0xe0) == 0x20) {
                tableLimit = number(block, first, 5);
                if (tableLimit > LARGEST_TABLE) {
                    throw broken();
                }
                evict();
            } else {
                boolean remembered = (first & 0x40) != 0;
                int name = number(block, first, remembered ? 6 : 4);
                Header header =
                        new Header(name == 0 ? text(block) : header(name).name(), text(block));
                headers.put(header.name(), header.value());
                if (remembered) {
                    dynamic.addFirst(header);
                    evict();
                }
            }
        }
        return headers;
    }

    private Header header(int index) throws IOException {
        int known = STATIC.length / 2;
        if (index < 1 || index > known + dynamic.size()) {
            throw broken();
        }
        return index <= known
                ? new Header(STATIC[2 * index - 2], STATIC[2 * index - 1])
                : dynamic.get(index - known - 1);
    }

    private void evict() {
        int size = dynamic.stream().mapToInt(Header::size).sum();
        while (size > tableLimit) {
            size -= dynamic.removeLast().size();
        }
    }

    private static int number(ByteBuffer block, int first, int bits) throws IOException {
        int most = (1 << bits) - 1;
        int value = first & most;
        if (value < most) {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            int part = next(block);
            value += (part & 0x7f) << shift;
            if ((part & 0x80) == 0) {
                return value;
            }
        }
        throw broken();
    }

    private static String text(ByteBuffer block) throws IOException {
        int first = next(block);
        int length = number(block, first, 7);
        if (length > block.remaining()) {
            throw broken();
        }
        byte[] bytes = new byte[length];
        block.get(bytes);
        return new String((first & 0x80) == 0 ? bytes : Huffman.decode(bytes), StandardCharsets.ISO_8859_1);
    }

    private static int next(ByteBuffer block) throws IOException {
        if (!block.hasRemaining()) {
            throw broken();
        }
        return block.get() & 0xff;
    }

    static IOException broken() {
        return new IOException("the runtime's headers are no HPACK");
    }
}
