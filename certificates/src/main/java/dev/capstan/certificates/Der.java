package dev.capstan.certificates;

import java.util.ArrayList;
import java.util.List;

/** Entries that are binary. */
final class Der {

    private Der() {}

    /** Whether bytes begin as a SEQUENCE of more than 127 bytes does, which no text does. */
    static boolean beginsWith(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == DerElement.SEQUENCE && bytes[1] < 0;
    }

    /** The elements, one after the other, white space behind the last aside; none if the bytes are not whole elements. */
    static List<DerElement> elements(byte[] bytes) {
        List<DerElement> elements = new ArrayList<>();
        try {
            for (int next = 0; next < bytes.length && !isBlank(bytes, next); ) {
                DerElement element = DerElement.at(bytes, next, bytes.length);
                elements.add(element);
                next += element.size();
            }
            return elements;
        } catch (IllegalArgumentException notWhole) {
            return List.of();
        }
    }

    /** Whether from here on there is nothing but white space; a certificate may itself end in a byte that is some. */
    private static boolean isBlank(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (!White.is((char) (bytes[i] & 0xff))) {
                return false;
            }
        }
        return true;
    }
}
