package dev.capstan.cli.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of an audit log, oldest first, read line by line: a log may be larger than memory. Needs no control plane, and never
 * writes.
 *
 * @param folder where they are
 */
record AuditFiles(Path folder) {

    /** Longer than any record; a line beyond it is none. */
    private static final int LONGEST = 64 * 1024;

    /**
     * One line.
     *
     * @param file its file
     * @param number from 1, in that file
     * @param text without its line break
     * @param isWhole whether it has one
     * @param isLast whether nothing follows it in the whole log
     */
    record Line(Path file, int number, String text, boolean isWhole, boolean isLast) {

        String place() {
            return file.getFileName() + ":" + number;
        }
    }

    /** Takes lines. */
    @FunctionalInterface
    interface Reader {
        void take(Line line);
    }

    /** Reads everything. */
    void read(Reader reader) {
        var files = files();
        for (var i = 0; i < files.size(); i++) {
            read(files.get(i), i == files.size() - 1, reader);
        }
    }

    private static void read(Path file, boolean isLastFile, Reader reader) {
        try (var in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            var number = 0;
            var text = new StringBuilder();
            var next = in.read();
            while (next >= 0) {
                text.setLength(0);
                while (next >= 0 && next != '\n') {
                    if (text.length() < LONGEST) {
                        text.append((char) next);
                    }
                    next = in.read();
                }
                var isWhole = next == '\n';
                next = isWhole ? in.read() : next;
                number++;
                reader.take(new Line(file, number, text.toString(), isWhole, isLastFile && next < 0));
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("audit-[0-9]{12}\\.jsonl"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            throw Problem.notFound(
                    "There is no audit log in " + folder + ".",
                    "'capstan up' makes one at its start; is CAPSTAN_HOME the right folder?");
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /** Number and hash of the last record that was acknowledged, as the server keeps them; empty where it keeps none. */
    Optional<String[]> head() {
        var file = folder.resolve("head");
        try {
            var words = Files.readString(file).strip().split(" ", -1);
            return words.length == 2 && words[0].matches("[0-9]{1,18}") ? Optional.of(words) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The writes that the server let in and that had not ended when it last wrote, by request, as records without a place in the
     * chain and with the code {@code UnderWay}. One that has ended may still be among them, and has its record then.
     */
    Map<String, JsonNode> underWay() {
        var file = folder.resolve("under-way");
        var writes = new LinkedHashMap<String, JsonNode>();
        try {
            for (var line : Files.readString(file).split("\n", -1)) {
                if (line.strip().endsWith("}")) {
                    var write = (ObjectNode) Json.parse(line);
                    writes.put(write.path("request").asText(), write.put("code", "UnderWay"));
                }
            }
        } catch (NoSuchFileException e) {
            return writes;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return writes;
    }

    private static Problem unreadable(Path file, IOException cause) {
        return Problem.failed(
                "Cannot read " + file + ": " + cause.getMessage() + ".",
                "Run the command as the user that runs 'capstan up'.",
                cause);
    }
}
