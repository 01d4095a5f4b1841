package dev.capstan.resourceprovider.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Sha256;

/**
 * Where the chain stands: the number and the hash of its last record. A record is one line of JSON:
 *
 * <pre>{"sequence":N,"previous":"HASH OF N-1",…,"hash":"HASH"}</pre>
 *
 * <p>where {@code hash} is the SHA-256, in lower-case hexadecimal digits, of the line's bytes before {@code ,"hash":}. So who
 * changes, drops, inserts or moves a record has to write every later one anew, and the copies of those elsewhere (standard
 * output, a log store) no longer match. The first record's {@code previous} is 64 zeros. `capstan audit verify` reads the same
 * form with code of its own.
 *
 * @param sequence number of the last record; 0 before the first
 * @param hash its hash
 */
record AuditChain(long sequence, String hash) {

    static final AuditChain EMPTY = new AuditChain(0, "0".repeat(64));

    private static final String HASH = ",\"hash\":\"";

    /**
     * A record and the chain with it.
     *
     * @param line with its line break
     */
    record Link(String line, AuditChain chain) {}

    Link append(ObjectNode event) {
        ObjectNode record = Json.object().put("sequence", sequence + 1).put("previous", hash);
        record.setAll(event);
        String text = Json.text(record);
        String covered = text.substring(0, text.length() - 1);
        String next = Sha256.hex(covered);
        return new Link(covered + HASH + next + "\"}\n", new AuditChain(sequence + 1, next));
    }

    /**
     * The chain with this record as its last.
     *
     * @param line without its line break
     * @throws IllegalArgumentException if it is no whole record
     */
    static AuditChain at(String line) {
        int at = line.lastIndexOf(HASH);
        if (at < 0 || !line.endsWith("\"}") || !line.startsWith("{\"sequence\":")) {
            throw new IllegalArgumentException("no record");
        }
        String hash = line.substring(at + HASH.length(), line.length() - 2);
        if (!Sha256.hex(line.substring(0, at)).equals(hash)) {
            throw new IllegalArgumentException("a record that was changed");
        }
        String number = line.substring("{\"sequence\":".length(), line.indexOf(','));
        return new AuditChain(Long.parseLong(number), hash);
    }
}
