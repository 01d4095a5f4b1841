package dev.capstan.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The registry host directories under {@code certs.d}: which of them keep containerd from reading our set
 * (containerd: docs/hosts.md; measured on 1.6.20, 1.7.24 and 2.1.9).
 *
 * <ul>
 *   <li>A registry with a directory of its own does not read {@code _default} at all, so its {@code ca} must name the
 *       node's bundle or our file.
 *   <li>A {@code _default/hosts.toml} with anything in it hides {@code _default/*.crt}.
 *   <li>One {@code *.crt} in {@code _default} without a certificate, or a dangling link, fails every pull.
 * </ul>
 */
final class HostDirectories {

    private static final long LARGEST = 1024 * 1024;
    private static final Pattern CA = Pattern.compile("(?m)^\\s*ca\\s*=\\s*(\\[[^\\]]*]|\"[^\"]*\"|'[^']*')");

    private HostDirectories() {}

    /** What keeps a pull on this node from reading our set, each with what to do; empty if nothing does. */
    static List<String> obstacles(Path root) throws IOException {
        List<String> obstacles = new ArrayList<>();
        Path all = RuntimeLayout.in(root, RuntimeLayout.HOST_DIRECTORIES);
        for (Path directory : entries(all)) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            String name = directory.getFileName().toString();
            if (name.equals("_default")) {
                inDefault(directory, obstacles);
            } else if (!namesOurs(directory)) {
                obstacles.add("registry " + name + " has a host directory of its own, "
                        + RuntimeLayout.HOST_DIRECTORIES + "/" + name
                        + ", which hides the set from its pulls: add to every [host] table of its hosts.toml the line ca = \""
                        + RuntimeLayout.SYSTEM_BUNDLE + "\"");
            }
        }
        return obstacles;
    }

    private static void inDefault(Path directory, List<String> obstacles) throws IOException {
        for (Path file : entries(directory)) {
            String name = file.getFileName().toString();
            String inside = RuntimeLayout.DEFAULT_DIRECTORY + "/" + name;
            if (name.equals("hosts.toml") && !text(file).isBlank()) {
                obstacles.add(inside + " hides every certificate beside it: add to its [host] tables the line ca = \""
                        + RuntimeLayout.SYSTEM_BUNDLE + "\" under registry names of their own, and remove it");
            } else if (name.endsWith(".crt") && !text(file).contains("-----BEGIN CERTIFICATE-----")) {
                obstacles.add(inside + " holds no certificate, which fails every pull: remove it");
            }
        }
    }

    /** Whether every {@code ca} of the directory, and at least one, names the node's bundle or our file. */
    private static boolean namesOurs(Path directory) throws IOException {
        String hosts = text(directory.resolve("hosts.toml"));
        var ca = CA.matcher(hosts);
        int named = 0;
        int hostTables = 0;
        while (ca.find()) {
            if (!ca.group(1).contains(RuntimeLayout.SYSTEM_BUNDLE)
                    && !ca.group(1).contains(RuntimeLayout.SHOWN_SET)) {
                return false;
            }
            named++;
        }
        for (String line : hosts.split("\n", -1)) {
            if (line.strip().startsWith("[host.")) {
                hostTables++;
            }
        }
        return named > 0 && named >= hostTables;
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        TreeSet<Path> sorted = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(sorted::add);
        }
        return List.copyOf(sorted);
    }

    /** The file's text; empty where it is not there, is no file or is larger than any that people write. */
    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
            return "";
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
