package dev.capstan.truststore;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of links as it is: those by name, those by hash, and files that lie between them. Texts are those of
 * {@link PathText}.
 */
final class LinkFolder {

    private static final int MOST_DIGITS = 6;

    /** Every entry {@code *.pem}: what it says, empty where it is no link. */
    final Map<String, Optional<String>> links = new TreeMap<>();

    /** Every hash link by hash and number: what it says, empty where it is no link. */
    final Map<String, TreeMap<Integer, Optional<String>>> hashLinks = new HashMap<>();

    /** The names of all other entries. */
    final List<String> others = new ArrayList<>();

    private final Root root;
    private final String path;

    LinkFolder(Root root, String path) throws IOException {
        this.root = root;
        this.path = path;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(path))) {
            for (Path file : files) {
                String name = PathText.of(file.getFileName());
                if (isHashLink(name)) {
                    hashLinks
                            .computeIfAbsent(name.substring(0, 8), hash -> new TreeMap<>())
                            .put(Integer.valueOf(name.substring(9)), target(file));
                } else if (name.endsWith(".pem")) {
                    links.put(name, target(file));
                } else {
                    others.add(name);
                }
            }
        }
    }

    private static Optional<String> target(Path file) throws IOException {
        return Root.target(file).map(PathText::of);
    }

    /** Eight hexadecimal digits, a dot, and a number without leading zeros. */
    private static boolean isHashLink(String name) {
        if (name.length() < 10 || name.length() > 9 + MOST_DIGITS || name.charAt(8) != '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            boolean digit = character >= '0' && character <= '9';
            if (i != 8 && !digit && !(i < 8 && character >= 'a' && character <= 'f')) {
                return false;
            }
        }
        return name.charAt(9) != '0' || name.length() == 10;
    }

    String path() {
        return path;
    }

    String entry(String name) {
        return path + "/" + name;
    }

    /** Whether a link of this content, in this folder, leads nowhere. */
    boolean isDangling(String target) {
        try {
            return !Files.exists(root.resolve(absolute(target)));
        } catch (IOException circle) {
            // Links in a circle lead nowhere either.
            return true;
        }
    }

    /** Where a link of this content, in this folder, leads to, as a path inside the root. */
    String absolute(String target) {
        return target.startsWith("/") ? target : entry(target);
    }
}
