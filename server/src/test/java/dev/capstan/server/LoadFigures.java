package dev.capstan.server;

import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How long a load's requests took, and how its writes were answered. */
final class LoadFigures {

    private final Map<String, Queue<Long>> nanos = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> writes = new ConcurrentSkipListMap<>();

    void took(String method, long time) {
        nanos.computeIfAbsent(method, key -> new ConcurrentLinkedQueue<>()).add(time);
    }

    void answered(int status) {
        writes.computeIfAbsent(status, key -> new LongAdder()).increment();
    }

    /** In words, one line for each method. */
    String words() {
        var words = new StringBuilder();
        new TreeMap<>(nanos).forEach((method, times) -> {
            long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
            words.append(String.format(
                    Locale.ROOT,
                    "%-6s %6d requests: median %.1f ms, p99 %.1f ms, longest %.0f ms%n",
                    method,
                    sorted.length,
                    millis(sorted, 0.5),
                    millis(sorted, 0.99),
                    millis(sorted, 1)));
        });
        return words.append("writes answered with ").append(writes).toString();
    }

    private static double millis(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))] / 1e6;
    }

    /** The longest time that any request took, in milliseconds. */
    double longest() {
        return nanos.values().stream()
                        .flatMap(Queue::stream)
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0)
                / 1e6;
    }
}
