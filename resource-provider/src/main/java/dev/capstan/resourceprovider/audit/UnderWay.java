package dev.capstan.resourceprovider.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes that were let in and have not ended: a file of places, each of {@value #PLACE} bytes and one line: the event as JSON
 * and blanks, or blanks alone. A place is written and forced to the disk before its write may change anything, and is made blank
 * after the write's record is on the disk, without forcing that. So who is still in it after a crash either has no record, or has one
 * of the same request. The file grows to the most writes that were under way at once; it is used by one thread.
 */
final class UnderWay implements AutoCloseable {

    static final int PLACE = 2048;

    /** Places that are there from the start: so many writes at once need no room on the disk. */
    private static final int ROOM = 32;

    private static final Logger LOG = LoggerFactory.getLogger(UnderWay.class);

    private static final byte[] BLANK = line("");

    private final FileChannel file;
    private final Map<String, Integer> places = new HashMap<>();
    private final TreeSet<Integer> free = new TreeSet<>();
    private int length;

    UnderWay(FileChannel file) {
        this.file = file;
    }

    /** What was under way when the file was last written to; what is no event is left out. */
    List<AuditEvent> left() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(file.size()));
        while (all.hasRemaining() && file.read(all, all.position()) >= 0) {
            // Until the end.
        }
        List<AuditEvent> left = new ArrayList<>();
        for (String line : new String(all.array(), 0, all.position(), StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                try {
                    left.add(AuditEvent.cutOff(Json.own(line)));
                } catch (RuntimeException halfWritten) {
                    LOG.debug("A power cut left a place half written; that write was not let in", halfWritten);
                }
            }
        }
        return left;
    }

    /** Forgets everything, and makes room for writes that come while the disk is full. */
    void clear() throws IOException {
        file.truncate(0);
        for (int place = 0; place < ROOM; place++) {
            write(place, BLANK);
        }
        file.force(true);
    }

    /** Has the disk take all of these, or none. */
    void begin(List<AuditEvent> events) throws IOException {
        try {
            for (AuditEvent event : events) {
                int place = free.isEmpty() ? length++ : free.removeFirst();
                places.put(event.request(), place);
                write(place, line(text(event)));
            }
            file.force(false);
        } catch (IOException full) {
            for (AuditEvent event : events) {
                try {
                    end(event.request());
                } catch (IOException alsoFull) {
                    full.addSuppressed(alsoFull);
                }
            }
            throw full;
        }
    }

    /** Forgets that of this request, if there is one. */
    void end(String request) throws IOException {
        Integer place = places.remove(request);
        if (place != null) {
            free.add(place);
            write(place, BLANK);
        }
    }

    private void write(int place, byte[] line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line);
        long at = (long) place * PLACE;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    /** The event as a line; one that is too long, for an outside issuer chooses its callers' names, without its longest parts' ends. */
    private static String text(AuditEvent event) {
        ObjectNode json = event.json();
        for (int most = 300; Json.bytes(json).length >= PLACE; most /= 2) {
            for (String name : List.of("caller", "resource", "action")) {
                String text = json.path(name).asText();
                json.put(name, text.substring(0, Math.min(most, text.length())));
            }
        }
        return Json.text(json);
    }

    private static byte[] line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] line = Arrays.copyOf(bytes, PLACE);
        Arrays.fill(line, bytes.length, PLACE - 1, (byte) ' ');
        line[PLACE - 1] = '\n';
        return line;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
