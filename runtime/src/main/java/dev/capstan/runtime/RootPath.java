package dev.capstan.runtime;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Follows a path as a process of the node's root would: a link to an absolute path begins at that root again. */
final class RootPath {

    /** As many links as Linux follows (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

    private RootPath() {}

    /**
     * Where an absolute path of the root really lies, as a path of this process without any link below the root. What does
     * not exist is answered as it is written.
     *
     * @throws FileSystemLoopException if there are too many links
     */
    static Path follow(Path root, String path) throws IOException {
        Deque<Path> rest = new ArrayDeque<>();
        push(rest, Path.of(path));
        Path at = root;
        for (int links = 0; !rest.isEmpty(); ) {
            Path name = rest.pop();
            if (name.toString().equals("..")) {
                at = at.equals(root) ? root : at.resolveSibling("");
                continue;
            }
            Path next = at.resolve(name);
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemLoopException(next.toString());
            }
            Path target = Files.readSymbolicLink(next);
            push(rest, target);
            if (target.isAbsolute()) {
                at = root;
            }
        }
        return at;
    }

    private static void push(Deque<Path> rest, Path path) {
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            if (!path.getName(i).toString().isEmpty()
                    && !path.getName(i).toString().equals(".")) {
                rest.push(path.getName(i));
            }
        }
    }
}
