package dev.capstan.runtime.prepare;

import dev.capstan.runtime.Sha256;
import dev.capstan.runtime.Shim;
import dev.capstan.runtime.prepare.Journal.FileChange;
import dev.capstan.runtime.prepare.Journal.Moment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The journal on the disk: a text file of {@code word value} lines, and the contents of files under their SHA-256. Contents
 * are written before the journal names them and removed after it is gone. Root's alone: a configuration may hold passwords.
 */
final class JournalFolder {

    static final String FOLDER = "/var/lib/capstan/runtime/prepare";

    private static final String FILE = FOLDER + "/journal";
    private static final String HEAD = "capstan-node-prepare 1";

    private final NodeFiles files;

    JournalFolder(NodeFiles files) {
        this.files = files;
    }

    /**
     * The journal; empty where there is none.
     *
     * @throws IOException if it cannot be read, or is not one
     */
    Optional<Journal> read() throws IOException {
        Optional<FileImage> found = files.read(FILE);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(new String(found.get().content(), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            throw new IOException(
                    FILE + " is damaged (" + damaged.getMessage() + "); the files as they were lie beside it", damaged);
        }
    }

    void write(Journal journal) throws IOException {
        for (String folder : files.missingFolders(FOLDER)) {
            files.makeFolder(folder);
        }
        for (FileChange change : journal.files()) {
            if (change.before().isPresent()) {
                keep(change.before().get());
            }
            keep(change.after());
        }
        if (journal.made().isPresent()) {
            keep(journal.made().get());
        }
        files.put(FILE, secret(text(journal).getBytes(StandardCharsets.UTF_8)));
    }

    /** Takes everything away, the journal first; folders of Capstan's only where nothing else lies in them. */
    void remove() throws IOException {
        files.remove(FILE);
        for (String name : files.names(FOLDER)) {
            files.remove(FOLDER + "/" + name);
        }
        for (String folder = FOLDER;
                !folder.equals("/var/lib");
                folder = folder.substring(0, folder.lastIndexOf('/'))) {
            files.removeIfEmpty(folder);
        }
    }

    private void keep(FileImage image) throws IOException {
        String path = FOLDER + "/" + Sha256.hex(image.content());
        if (!files.exists(path)) {
            files.put(path, secret(image.content()));
        }
    }

    private static FileImage secret(byte[] content) {
        return new FileImage(content, 0600, 0, 0, Optional.empty());
    }

    private static String text(Journal journal) {
        List<String> lines = new ArrayList<>(List.of(HEAD));
        lines.add("state " + journal.state());
        lines.add("begun " + journal.begun().bootId() + " " + journal.begun().nanos());
        journal.placed().ifPresent(at -> lines.add("placed " + at.bootId() + " " + at.nanos()));
        Subject subject = journal.subject();
        lines.add("program " + subject.program());
        subject.option().ifPresent(path -> lines.add("option " + path));
        lines.add("configuration " + subject.configuration());
        subject.template().ifPresent(path -> lines.add("template " + path));
        lines.add("socket " + subject.socket());
        lines.add("tasks " + subject.state());
        lines.add("unit " + journal.service().unit());
        lines.add("supervised " + journal.service().supervised());
        lines.add("prefix " + journal.service().prefix());
        lines.add("root " + journal.root());
        journal.made().ifPresent(image -> lines.add("made " + image(image)));
        for (FileChange change : journal.files()) {
            lines.add("file " + change.before().map(JournalFolder::image).orElse("absent") + " " + image(change.after())
                    + " " + change.path());
        }
        journal.support().forEach(path -> lines.add("support " + path));
        journal.folders().forEach(path -> lines.add("folder " + path));
        journal.containers().forEach(shim -> lines.add("shim " + shim(shim)));
        return String.join("\n", lines) + "\n";
    }

    /** {@code SHA256:MODE:OWNER:GROUP:NANOSECONDS}; without the last where it has no time yet. */
    private static String image(FileImage image) {
        return Sha256.hex(image.content()) + ":" + Integer.toOctalString(image.mode()) + ":" + image.owner() + ":"
                + image.group()
                + image.modified()
                        .map(time -> ":" + time.to(TimeUnit.NANOSECONDS))
                        .orElse("");
    }

    private FileImage image(String text) throws IOException {
        String[] parts = text.split(":", -1);
        byte[] content = files.read(FOLDER + "/" + parts[0])
                .map(FileImage::content)
                .filter(bytes -> Sha256.hex(bytes).equals(parts[0]))
                .orElseThrow(() -> new IllegalArgumentException("the content " + parts[0] + " is not there"));
        return new FileImage(
                content,
                Integer.parseInt(parts[1], 8),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                parts.length > 4
                        ? Optional.of(FileTime.from(Long.parseLong(parts[4]), TimeUnit.NANOSECONDS))
                        : Optional.empty());
    }

    private Journal parse(String text) throws IOException {
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(HEAD)) {
            throw new IllegalArgumentException("it begins with \"" + lines[0] + "\"");
        }
        Map<String, String> single = new HashMap<>();
        List<FileChange> changes = new ArrayList<>();
        List<String> support = new ArrayList<>();
        List<String> folders = new ArrayList<>();
        List<Shim> containers = new ArrayList<>();
        for (String line : lines) {
            String word = line.substring(0, Math.max(0, line.indexOf(' ')));
            String value = line.substring(line.indexOf(' ') + 1);
            switch (word) {
                case "file" -> {
                    String[] parts = value.split(" ", 3);
                    changes.add(new FileChange(
                            parts[2],
                            parts[0].equals("absent") ? Optional.empty() : Optional.of(image(parts[0])),
                            image(parts[1])));
                }
                case "support" -> support.add(value);
                case "folder" -> folders.add(value);
                case "shim" -> containers.add(shim(value.split(" ", -1)));
                default -> single.put(word, value);
            }
        }
        boolean supervised = need(single, "supervised").equals("true");
        return new Journal(
                Journal.State.valueOf(need(single, "state")),
                moment(need(single, "begun")),
                Optional.ofNullable(single.get("placed")).map(JournalFolder::moment),
                new Subject(
                        need(single, "program"),
                        Optional.ofNullable(single.get("option")),
                        need(single, "configuration"),
                        Optional.ofNullable(single.get("template")),
                        need(single, "socket"),
                        need(single, "tasks")),
                new Service(need(single, "unit"), need(single, "prefix"), supervised, Map.of()),
                need(single, "root"),
                single.containsKey("made") ? Optional.of(image(need(single, "made"))) : Optional.empty(),
                changes,
                support,
                folders,
                containers);
    }

    /** {@code PID:NANOSECONDS NAMESPACE/ID}, and {@code PID:NANOSECONDS} of each container it holds. */
    private static String shim(Shim shim) {
        StringBuilder text = new StringBuilder(process(shim.process()) + " " + shim.name());
        shim.containers().forEach(container -> text.append(' ').append(process(container)));
        return text.toString();
    }

    private static Shim shim(String[] parts) {
        return new Shim(
                parts[1],
                process(parts[0]),
                Arrays.stream(parts).skip(2).map(JournalFolder::process).toList());
    }

    private static String process(Shim.Started process) {
        return process.pid() + ":" + process.bootNanos();
    }

    private static Shim.Started process(String text) {
        int colon = text.indexOf(':');
        return new Shim.Started(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    private static Moment moment(String value) {
        String[] parts = value.split(" ", 2);
        return new Moment(parts[0], Long.parseLong(parts[1]));
    }

    private static String need(Map<String, String> single, String word) {
        String value = single.get(word);
        if (value == null) {
            throw new IllegalArgumentException("it has no line \"" + word + "\"");
        }
        return value;
    }
}
