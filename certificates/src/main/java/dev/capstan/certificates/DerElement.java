package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One element of a DER encoding (X.690), a window on bytes it shares with its neighbours. Only what X.509 needs: tags of
 * one byte, and lengths that are definite and as short as they can be.
 */
public final class DerElement {

    public static final int INTEGER = 0x02;
    public static final int BIT_STRING = 0x03;
    public static final int OCTET_STRING = 0x04;
    public static final int SEQUENCE = 0x30;
    public static final int SET = 0x31;

    /** More than a container of 10,000 certificates has, and few enough to hold in a small memory. */
    private static final int MOST_CHILDREN = 20_000;

    private final byte[] bytes;
    private final int start;
    private final int contentStart;
    private final int end;
    /** Made when they are first asked for, since several look at the same. */
    private @Nullable List<DerElement> children;

    private DerElement(byte[] bytes, int start, int contentStart, int end) {
        this.bytes = bytes;
        this.start = start;
        this.contentStart = contentStart;
        this.end = end;
    }

    /**
     * The element that these bytes begin with; more may follow it, see {@link #size()}.
     *
     * @throws IllegalArgumentException if they do not begin with a whole element
     */
    public static DerElement first(byte[] bytes) {
        return at(bytes, 0, bytes.length);
    }

    static DerElement at(byte[] bytes, int start, int limit) {
        if (limit - start < 2) {
            throw new IllegalArgumentException("the DER ends early");
        }
        if ((bytes[start] & 0x1f) == 0x1f) {
            throw new IllegalArgumentException("the DER has a tag that X.509 does not use");
        }
        int content = start + 2;
        int length = bytes[start + 1] & 0xff;
        if (length > 0x7f) {
            int digits = length - 0x80;
            if (digits < 1 || digits > 4 || limit - content < digits) {
                throw new IllegalArgumentException("the DER has a length that is indefinite, too large or cut");
            }
            long value = 0;
            for (int i = 0; i < digits; i++) {
                value = (value << 8) | (bytes[content + i] & 0xff);
            }
            if (value < 0x80 || value >> (8 * (digits - 1)) == 0) {
                throw new IllegalArgumentException("the DER has a length that is longer than it need be");
            }
            content += digits;
            length = (int) Math.min(value, Integer.MAX_VALUE);
        }
        if (limit - content < length) {
            throw new IllegalArgumentException("the DER ends early");
        }
        return new DerElement(bytes, start, content, content + length);
    }

    /** The identifier octet, such as {@link #SEQUENCE}. */
    public int tag() {
        return bytes[start] & 0xff;
    }

    /** How many bytes the whole element takes, identifier and length included. */
    public int size() {
        return end - start;
    }

    /** The whole element, a copy. */
    public byte[] encoded() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** The same element, without what was made of it, which may be several times its size. */
    DerElement bare() {
        return new DerElement(bytes, start, contentStart, end);
    }

    /** How many bytes are in it. */
    int length() {
        return end - contentStart;
    }

    /** One of the bytes in it, from 0. */
    byte at(int index) {
        return bytes[contentStart + index];
    }

    /** Whether these bytes, and no others, are in it. */
    boolean holds(byte[] content) {
        return Arrays.equals(bytes, contentStart, end, content, 0, content.length);
    }

    /** Whether the two are the same byte by byte, identifier and length included. */
    boolean equalsDer(DerElement other) {
        return Arrays.equals(bytes, start, end, other.bytes, other.start, other.end);
    }

    /** What is in it, a copy. */
    public byte[] content() {
        return Arrays.copyOfRange(bytes, contentStart, end);
    }

    /**
     * The elements one after the other in its content.
     *
     * @throws IllegalArgumentException if the content is not whole elements, or more than {@value #MOST_CHILDREN}
     */
    public List<DerElement> children() {
        List<DerElement> made = children == null ? split() : children;
        children = made;
        return made;
    }

    private List<DerElement> split() {
        List<DerElement> parts = new ArrayList<>();
        for (int next = contentStart; next < end; ) {
            DerElement part = at(bytes, next, end);
            if (parts.size() == MOST_CHILDREN) {
                throw new IllegalArgumentException("the DER has more parts than any certificate");
            }
            parts.add(part);
            next = part.end;
        }
        return List.copyOf(parts);
    }
}
