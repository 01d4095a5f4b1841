package dev.capstan.certificates;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks through all elements of a certificate for encodings that the JDK reads and OpenSSL does not (a_int.c, a_bitstr.c,
 * a_object.c, tasn_dec.c): one such certificate makes OpenSSL lose all that follow it in a bundle. What is inside an OCTET
 * STRING, as the values of extensions are, OpenSSL looks at when it is asked for and not while it loads.
 */
final class StrictDer {

    private static final int BOOLEAN = 0x01;
    private static final int NULL = 0x05;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int CONSTRUCTED = 0x20;
    private static final int CONTEXT = 0xc0;

    /** A certificate has some 200 elements; a name of many parts some more. */
    private static final int MOST_ELEMENTS = 50_000;

    private StrictDer() {}

    /**
     * Checks the element and all in it, without recursion.
     *
     * @throws IllegalArgumentException that says what is not as it should be
     */
    static void check(DerElement whole) {
        Deque<DerElement> left = new ArrayDeque<>();
        left.add(whole);
        int seen = 0;
        while (!left.isEmpty()) {
            DerElement element = left.removeLast();
            if (++seen > MOST_ELEMENTS) {
                throw new IllegalArgumentException("the DER has more parts than any certificate");
            }
            if ((element.tag() & CONSTRUCTED) != 0) {
                left.addAll(element.children());
            } else if ((element.tag() & CONTEXT) == 0) {
                primitive(element);
            }
        }
    }

    private static void primitive(DerElement element) {
        switch (element.tag()) {
            case DerElement.INTEGER -> integer(element);
            case DerElement.BIT_STRING -> bits(element);
            case BOOLEAN -> require(element.length() == 1, "a BOOLEAN");
            case NULL -> require(element.length() == 0, "a NULL");
            case ObjectIdentifier.TAG -> identifier(element);
            case UTC_TIME -> require(isTime(element, 13), "a time");
            case GENERALIZED_TIME -> require(isTime(element, 15), "a time");
            default -> {
                // Strings and numbers of other kinds are taken as they are.
            }
        }
    }

    /** As short as it can be: the first nine bits are not all alike (X.690, 8.3.2). */
    private static void integer(DerElement element) {
        require(element.length() > 0, "a number");
        boolean padded = element.length() > 1
                && ((element.at(0) == 0 && element.at(1) >= 0) || (element.at(0) == -1 && element.at(1) < 0));
        require(!padded, "a number");
    }

    private static void bits(DerElement element) {
        int length = element.length();
        require(length > 0 && element.at(0) >= 0 && element.at(0) <= 7, "a BIT STRING");
        // The bits that are not used are 0, and where there are no bits none is unused (X.690, 11.2).
        int unused = (1 << element.at(0)) - 1;
        require(length == 1 ? unused == 0 : (element.at(length - 1) & unused) == 0, "a BIT STRING");
    }

    private static void identifier(DerElement element) {
        require(element.length() > 0 && element.at(element.length() - 1) >= 0, "an object identifier");
        boolean first = true;
        for (int i = 0; i < element.length(); i++) {
            require(!first || element.at(i) != (byte) 0x80, "an object identifier");
            first = element.at(i) >= 0;
        }
    }

    /** Digits to the second, and Z (RFC 5280, 4.1.2.5). */
    private static boolean isTime(DerElement element, int length) {
        for (int i = 0; i < element.length() - 1; i++) {
            if (element.at(i) < '0' || element.at(i) > '9') {
                return false;
            }
        }
        return element.length() == length && element.at(length - 1) == 'Z';
    }

    private static void require(boolean sound, String what) {
        if (!sound) {
            throw new IllegalArgumentException(what + " in it is not encoded as DER has it");
        }
    }
}
