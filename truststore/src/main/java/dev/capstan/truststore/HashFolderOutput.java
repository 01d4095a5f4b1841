package dev.capstan.truststore;

import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.HashFolder;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.Node;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A hash folder as p11-kit makes it, and the steps of its change, see {@link FolderSteps}. */
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

    /**
     * Plans the change. Where any of ours is lacking, all of ours go first and come back together, so that they have the
     * numbers that p11-kit gives them.
     *
     * @param before where ours stand when none of them is there
     * @return what the folder shall hold
     */
    SortedMap<String, Node> plan(Edit edit, Edit.Place before, Steps steps) {
        SortedMap<String, Node> next = format.edit(now, edit);
        if (!next.equals(now)) {
            SortedMap<String, Node> bare =
                    format.edit(now, new Edit(edit.drop(), edit.distrust(), List.of(), edit.place()));
            next = format.edit(bare, new Edit(Set.of(), edit.distrust(), edit.add(), before));
        }
        new FolderSteps(path, now, next, steps).plan();
        return next;
    }
}
