package dev.capstan.truststore;

import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Node;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A folder that has a link for each name of a hash folder, to the file that the name leads to there. */
record MirrorFolder(String path, String of) {

    /**
     * Plans what a hash folder's change calls for.
     *
     * @param next what the hash folder shall hold
     */
    void plan(Root root, SortedMap<String, Node> next, Steps steps) throws IOException {
        Path files = Path.of(path).relativize(Path.of(of));
        Map<String, Optional<Path>> there = new TreeMap<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(root.resolve(path))) {
            for (Path link : links) {
                there.put(PathText.of(link.getFileName()), Root.target(link));
            }
        }
        next.forEach((name, node) -> {
            String file = node instanceof Node.Link link ? link.target() : name;
            Path target = files.resolve(PathText.path(file));
            if (!Optional.of(target).equals(there.get(name))) {
                steps.add(
                        Phase.HASH_LINKS,
                        new Step.Link(path + "/" + name, target, "does not lead to " + PathText.shown(file)));
            }
        });
        there.forEach((name, target) -> {
            boolean mirrors = target.isPresent() && target.get().startsWith(files);
            if (mirrors && !next.containsKey(name)) {
                steps.add(Phase.HASH_LINKS, new Step.Remove(path + "/" + name, "is of a certificate that was removed"));
            }
        });
    }
}
