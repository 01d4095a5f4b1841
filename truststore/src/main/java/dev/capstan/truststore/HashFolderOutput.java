package dev.capstan.truststore;

import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.HashFolder;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.Node;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A hash folder as p11-kit makes it, and the steps of its change. A file may take a name from another, so the order is:
 * new files; new links, and links that turn to files that are right already; files that change; links that turn to
 * those; links that go, the highest number first; files that go. So what stays can be found at every instant.
 */
final class HashFolderOutput {

    private final String path;
    private final HashFolder format;
    private final SortedMap<String, Node> now = new TreeMap<>();

    HashFolderOutput(Root root, String path, boolean trusted) throws IOException {
        this.path = path;
        this.format = trusted ? HashFolder.trusted(SubjectHash::of) : HashFolder.pem(SubjectHash::of);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(path))) {
            for (Path file : files) {
                String name = PathText.of(file.getFileName());
                Optional<Path> target = Root.target(file);
                if (target.isPresent()) {
                    now.put(name, new Node.Link(PathText.of(target.get())));
                } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    now.put(name, new Node.File(RegularFile.read(file)));
                }
            }
        }
    }

    String path() {
        return path;
    }

    HashFolder format() {
        return format;
    }

    Held held() {
        return format.read(now);
    }

    /** Plans the change; what the folder shall hold. */
    SortedMap<String, Node> plan(Edit edit, Steps steps) {
        SortedMap<String, Node> next = format.edit(now, edit);
        List<Step> early = new ArrayList<>();
        List<Step> late = new ArrayList<>();
        next.forEach((name, node) -> {
            Node there = now.get(name);
            if (node.equals(there)) {
                return;
            }
            String why = there == null ? "does not exist" : "is of another certificate than it shall be";
            switch (node) {
                case Node.File file -> {
                    Step put = Step.Put.file(entry(name), file.bytes(), why);
                    steps.add(there == null ? Phase.NEW_LINKS : Phase.HASH_LINKS, put);
                }
                case Node.Link link -> {
                    Step turn = new Step.Link(entry(name), PathText.path(link.target()), why);
                    boolean settled = next.get(link.target()) == null
                            || !now.containsKey(link.target())
                            || next.get(link.target()).equals(now.get(link.target()));
                    if (there == null || settled) {
                        early.add(turn);
                    } else {
                        late.add(turn);
                    }
                }
            }
        });
        early.forEach(step -> steps.add(Phase.NEW_LINKS, step));
        late.forEach(step -> steps.add(Phase.HASH_LINKS, step));
        List<String> gone = new ArrayList<>(now.keySet());
        gone.removeAll(next.keySet());
        for (boolean links : List.of(true, false)) {
            for (String name : gone.reversed()) {
                if (now.get(name) instanceof Node.Link == links) {
                    steps.add(Phase.OLD_LINKS, new Step.Remove(entry(name), "is of a certificate that was removed"));
                }
            }
        }
        return next;
    }

    private String entry(String name) {
        return path + "/" + name;
    }
}
