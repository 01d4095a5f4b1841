package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Paths inside a root, found as a process that has the root as its {@code /} would find them: symbolic links are
 * followed, absolute ones from the root on, and {@code ..} ends at the root. So no link that lies in the root leads a
 * writer out of it. (A process that changes links in the root while we write is not guarded against: whoever can do
 * that owns the root's trust store anyway.)
 */
public final class RootPath {

    /** As many links as Linux follows in one path (path_resolution(7)). */
    private static final int MOST_LINKS = 40;

    private RootPath() {}

    /**
     * Where this path of the root lies. What does not exist is taken to be no link.
     *
     * @param inside a path inside the root, absolute or relative to it
     * @throws FileSystemLoopException if links lead in a circle
     */
    public static Path resolve(Path root, Path inside) throws IOException {
        Deque<Path> rest = new ArrayDeque<>();
        prepend(rest, inside);
        Deque<Path> walked = new ArrayDeque<>(List.of(root));
        int links = 0;
        while (!rest.isEmpty()) {
            Path name = rest.pop();
            if (name.toString().equals("..")) {
                if (walked.size() > 1) {
                    walked.pop();
                }
                continue;
            }
            Path next = walked.element().resolve(name);
            if (!Files.isSymbolicLink(next)) {
                walked.push(next);
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemLoopException(inside.toString());
            }
            Path target = Files.readSymbolicLink(next);
            if (target.isAbsolute()) {
                walked.clear();
                walked.push(root);
            }
            prepend(rest, target);
        }
        return walked.element();
    }

    /** Names stay paths: as text a name that is not in the locale's encoding would be lost. */
    private static void prepend(Deque<Path> rest, Path path) {
        List<Path> names = new ArrayList<>();
        path.forEach(names::add);
        for (Path name : names.reversed()) {
            if (!name.toString().isEmpty() && !name.toString().equals(".")) {
                rest.push(name);
            }
        }
    }
}
