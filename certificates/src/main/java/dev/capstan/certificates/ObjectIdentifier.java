package dev.capstan.certificates;

/** An object identifier (X.690, 8.19) as text. */
final class ObjectIdentifier {

    static final int TAG = 0x06;

    /** Longer ones are nobody's. */
    private static final int MOST_BYTES = 64;

    private ObjectIdentifier() {}

    /**
     * The numbers with dots between them.
     *
     * @throws IllegalArgumentException if the element is none
     */
    static String text(DerElement element) {
        byte[] bytes = element.tag() == TAG ? element.content() : new byte[0];
        if (bytes.length == 0 || bytes.length > MOST_BYTES || bytes[bytes.length - 1] < 0) {
            throw new IllegalArgumentException("an object identifier in it is none");
        }
        StringBuilder text = new StringBuilder();
        long value = 0;
        for (byte each : bytes) {
            if (value > Long.MAX_VALUE >> 7) {
                throw new IllegalArgumentException("an object identifier in it is too large");
            }
            value = (value << 7) | (each & 0x7f);
            if (each >= 0) {
                if (text.isEmpty()) {
                    long first = Math.min(2, value / 40);
                    text.append(first).append('.').append(value - 40 * first);
                } else {
                    text.append('.').append(value);
                }
                value = 0;
            }
        }
        return text.toString();
    }
}
