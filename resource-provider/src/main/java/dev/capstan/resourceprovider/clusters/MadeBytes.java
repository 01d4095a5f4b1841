package dev.capstan.resourceprovider.clusters;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers as bytes, each kept with the objects that it was made of. Whoever asks has read those objects just now, and gets
 * the bytes only if they are the very same ones; an answer can therefore be as old as the last time somebody asked, and never
 * older than what is. This needs what makes the bytes to be a function of the key and those objects and of nothing else.
 *
 * <p>At most {@value #MOST} bytes are kept; when there are more, all are forgotten, and made again as they are asked for.
 */
final class MadeBytes<K> {

    static final long MOST = 16L << 20;

    private final Map<K, Made> kept = new ConcurrentHashMap<>();
    private long size;

    @SuppressWarnings("ArrayRecordComponent") // only ever sent
    private record Made(List<?> of, byte[] bytes) {

        @SuppressWarnings("ReferenceEquality") // the same version is the same object
        boolean isOf(List<?> objects) {
            if (of.size() != objects.size()) {
                return false;
            }
            for (int i = 0; i < of.size(); i++) {
                if (of.get(i) != objects.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * The bytes of a key.
     *
     * @param objects what they are made of; compared by identity
     * @param make makes them
     */
    byte[] get(K key, List<?> objects, Supplier<byte[]> make) {
        Made made = kept.get(key);
        if (made != null && made.isOf(objects)) {
            return made.bytes();
        }
        byte[] bytes = make.get();
        keep(key, new Made(objects, bytes));
        return bytes;
    }

    private synchronized void keep(K key, Made made) {
        Made before = kept.put(key, made);
        size += made.bytes().length - (before == null ? 0L : before.bytes().length);
        if (size > MOST) {
            kept.clear();
            size = 0;
        }
    }

    /** How many answers are kept. */
    int size() {
        return kept.size();
    }
}
