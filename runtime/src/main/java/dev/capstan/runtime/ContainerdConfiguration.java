package dev.capstan.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * containerd's main configuration file, as far as it decides which host directories a pull reads. Written for machines
 * that Capstan makes, and read again to see whether it still says what lane Isolated needs.
 *
 * <p>It is read line by line, as people write it: table headings and one {@code key = value} a line. What is written in
 * another form of TOML (dotted keys, inline tables) is reported as an obstacle, never guessed at.
 */
final class ContainerdConfiguration {

    /** {@code config_path} with exactly our one root. */
    private static final String ONE_ROOT = "\"" + RuntimeLayout.HOST_DIRECTORIES + "\"";

    private static final Pattern HEADING = Pattern.compile("\\[\\s*(.+?)\\s*]");
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9_-]+)\\s*=\\s*(.*)");
    private static final Pattern VERSION = Pattern.compile("containerd\\S*\\s+\\S+\\s+v?(\\d+)\\.(\\d+)\\.(\\d+)\\S*");

    private ContainerdConfiguration() {}

    /**
     * The version in what {@code containerd --version} prints, such as {@code 1.6.20}.
     *
     * @return empty if it says none
     */
    static Optional<String> version(String printed) {
        Matcher matcher = VERSION.matcher(printed);
        return matcher.lookingAt()
                ? Optional.of(matcher.group(1) + "." + matcher.group(2) + "." + matcher.group(3))
                : Optional.empty();
    }

    /** The configuration of a machine that Capstan makes, in the format of that containerd: 2 before 2.0, 3 from then on. */
    static String forMachine(String containerdVersion) {
        boolean two = !containerdVersion.startsWith("0.") && !containerdVersion.startsWith("1.");
        return two ? """
                # Written by Capstan at this machine's birth.
                version = 3

                [plugins."io.containerd.cri.v1.runtime"]
                  restrict_oom_score_adj = true

                [plugins."io.containerd.cri.v1.images"]
                  snapshotter = "overlayfs"

                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = %s
                """.formatted(ONE_ROOT) : """
                # Written by Capstan at this machine's birth.
                version = 2

                [plugins."io.containerd.grpc.v1.cri"]
                  restrict_oom_score_adj = true

                [plugins."io.containerd.grpc.v1.cri".containerd]
                  snapshotter = "overlayfs"

                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = %s
                """.formatted(ONE_ROOT);
    }

    /**
     * Why this configuration does not let containerd read our host directory, each with what to do; empty if it does.
     *
     * @param file the file's path, for the words
     */
    static List<String> obstacles(String text, String file) {
        String table = "";
        String version = "";
        String configPath = "";
        String wantedTable = "";
        List<String> obstacles = new ArrayList<>();
        for (String raw : text.split("\n", -1)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                table = heading.group(1);
                if (table.contains(".registry.mirrors") || table.contains(".registry.configs")) {
                    obstacles.add(file + " has the legacy table [" + table
                            + "], which containerd does not allow beside config_path: move it to a host directory under "
                            + RuntimeLayout.HOST_DIRECTORIES);
                }
                continue;
            }
            Matcher entry = ENTRY.matcher(line);
            if (!entry.matches()) {
                if (line.contains("registry") || line.contains("config_path")) {
                    obstacles.add(file + " sets the registry in a form that cannot be judged (" + line
                            + "): write it as a table with one key a line");
                }
                continue;
            }
            String key = entry.group(1);
            String value = entry.group(2).replaceFirst("\\s+#.*$", "");
            if (table.isEmpty() && key.equals("version")) {
                version = value;
                wantedTable = value.equals("3")
                        ? "plugins.\"io.containerd.cri.v1.images\".registry"
                        : "plugins.\"io.containerd.grpc.v1.cri\".registry";
            } else if (table.isEmpty() && key.equals("imports") && !value.matches("\\[\\s*]")) {
                obstacles.add(file + " imports other files, which may change config_path: put everything into it");
            } else if (key.equals("config_path") && table.replace('\'', '"').equals(wantedTable)) {
                configPath = value.replace('\'', '"');
            }
        }
        if (!configPath.equals(ONE_ROOT)) {
            obstacles.add(file + " (version " + (version.isEmpty() ? "not set" : version) + ") has config_path "
                    + (configPath.isEmpty() ? "not set" : configPath) + " where it needs " + ONE_ROOT + " in ["
                    + (wantedTable.isEmpty() ? "plugins.\"io.containerd.grpc.v1.cri\".registry" : wantedTable)
                    + "]: set it and run systemctl restart containerd");
        }
        return obstacles;
    }
}
