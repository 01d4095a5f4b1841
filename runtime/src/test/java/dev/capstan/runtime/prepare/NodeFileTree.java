package dev.capstan.runtime.prepare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a node's files are, where a preparation may touch them: content, owner, mode and, of files, time. */
final class NodeFileTree {

    /** What was written before and shall be there again, and what must be gone. */
    private static final List<String> LOOKED_AT = List.of(
            "etc/containerd",
            "etc/systemd/system",
            "var/lib/capstan",
            "etc/capstan",
            "srv/containerd",
            "var/snap/microk8s",
            "var/lib/rancher");

    /** What lies in those and is made anew at each start, or is containerd's own. */
    private static final Pattern NOT_LOOKED_AT =
            Pattern.compile("var/snap/microk8s/(common.*|\\d+/args/containerd\\.toml)"
                    + "|var/lib/rancher/k3s/agent/(containerd.*|etc/containerd/config\\.toml)");

    private NodeFileTree() {}

    /** Every file, folder and link by its path in this root. */
    static Map<String, String> of(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String folder : LOOKED_AT) {
            if (!Files.exists(root.resolve(folder))) {
                continue;
            }
            try (Stream<Path> all = Files.walk(root.resolve(folder))) {
                for (Path file : all.toList()) {
                    String name = root.relativize(file).toString();
                    if (!NOT_LOOKED_AT.matcher(name).matches()) {
                        files.put(name, words(file));
                    }
                }
            }
        }
        return files;
    }

    private static String words(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "-> " + Files.readSymbolicLink(file);
        }
        String who = Files.getAttribute(file, "unix:uid") + ":" + Files.getAttribute(file, "unix:gid") + ":"
                + Integer.toOctalString((int) Files.getAttribute(file, "unix:mode"));
        return Files.isDirectory(file)
                ? who
                : who + " " + Files.getLastModifiedTime(file) + "\n"
                        + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
