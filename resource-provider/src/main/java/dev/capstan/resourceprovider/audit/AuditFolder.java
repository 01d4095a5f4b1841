package dev.capstan.resourceprovider.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of an audit log, mode 0600:
 *
 * <ul>
 *   <li>{@code audit-NUMBER.jsonl}, named after their first record; the one with the highest number is written to, the others
 *       never again. None is ever deleted here;
 *   <li>{@code head}: number and hash of the last record that was acknowledged, written after that record is on the disk. A log
 *       that ends before it was cut; one that ends in half a record after it was not, a crash left it so;
 *   <li>{@code under-way}: the writes that were let in and have not ended ({@link UnderWay});
 *   <li>{@code reserve}: bytes kept for the day when the disk is full.
 * </ul>
 */
final class AuditFolder {

    private static final int RESERVE_BYTES = 1024 * 1024;

    /** A record is far shorter: its parts are. */
    private static final int LONGEST_TAIL = 64 * 1024;

    private final Path folder;

    AuditFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * How a file ends.
     *
     * @param file the file
     * @param chain the chain up to its last whole record
     * @param whole length of all whole records, bytes
     * @param torn what follows them, bytes
     */
    record End(Path file, AuditChain chain, long whole, long torn) {}

    Path fileFrom(long sequence) {
        return folder.resolve(String.format(Locale.ROOT, "audit-%012d.jsonl", sequence));
    }

    FileChannel create(Path file) throws IOException {
        FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (FileChannel parent = FileChannel.open(folder)) {
            parent.force(true);
        }
        return channel;
    }

    /**
     * The end of the last file; empty if there is none.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if its last whole line is no record
     */
    Optional<End> end() throws IOException {
        List<Path> files = files();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path last = files.getLast();
        try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "r")) {
            long length = file.length();
            byte[] tail = new byte[(int) Math.min(length, LONGEST_TAIL)];
            file.seek(length - tail.length);
            file.readFully(tail);
            String text = new String(tail, StandardCharsets.ISO_8859_1);
            int whole = text.lastIndexOf('\n') + 1;
            if (whole == 0) {
                // A file that was begun and got no record: the chain is that of the one before, whose head is kept.
                return Optional.of(new End(last, head().orElse(AuditChain.EMPTY), 0, length));
            }
            int begin = text.lastIndexOf('\n', whole - 2) + 1;
            String line = new String(tail, begin, whole - 1 - begin, StandardCharsets.UTF_8);
            return Optional.of(new End(last, AuditChain.at(line), length - tail.length + whole, tail.length - whole));
        }
    }

    /** The files of records, oldest first. */
    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("audit-[0-9]{12}\\.jsonl"))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
        }
    }

    /** The last record that was acknowledged; empty before the first, and where what is kept of it cannot be read. */
    Optional<AuditChain> head() throws IOException {
        Path file = folder.resolve("head");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> words = List.of(Files.readString(file).strip().split(" ", -1));
        return words.size() == 2
                        && words.get(0).matches("[0-9]{1,18}")
                        && words.get(1).matches("[0-9a-f]{64}")
                ? Optional.of(new AuditChain(Long.parseLong(words.get(0)), words.get(1)))
                : Optional.empty();
    }

    FileChannel openHead() throws IOException {
        return open(folder.resolve("head"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    FileChannel openUnderWay() throws IOException {
        return open(
                folder.resolve("under-way"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /**
     * Those whose requests have no record in the two newest files: a request does not last as long as it takes to fill
     * one.
     */
    List<AuditEvent> withoutRecord(List<AuditEvent> events) throws IOException {
        if (events.isEmpty()) {
            return events;
        }
        List<AuditEvent> without = new ArrayList<>(events);
        for (Path file : files().reversed().stream().limit(2).toList()) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.forEach(
                        line -> without.removeIf(event -> line.contains("\"request\":\"" + event.request() + "\"")));
            }
        }
        return without;
    }

    /** Always the same length, in one write: no reader sees half of it. */
    static void writeHead(FileChannel head, AuditChain chain) throws IOException {
        String text = String.format(Locale.ROOT, "%018d %s\n", chain.sequence(), chain.hash());
        head.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** Makes sure that there are bytes to give back on a full disk. */
    void reserve() throws IOException {
        Path file = folder.resolve("reserve");
        if (Files.exists(file) && Files.size(file) == RESERVE_BYTES) {
            return;
        }
        try (FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(RESERVE_BYTES);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException full) {
            Files.deleteIfExists(file);
            throw full;
        }
    }

    /** Gives the reserve back; false if there was none. */
    boolean release() throws IOException {
        return Files.deleteIfExists(folder.resolve("reserve"));
    }

    private static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        return FileChannel.open(
                file,
                Set.of(options),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
