package dev.capstan.providerlocal;

import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The folder {@code boot} of a machine: all that its boot needs to know, written anew before each. What lies in
 * {@code boot/handed} is copied to the machine's {@code /run/capstan}.
 */
final class BootFolder {

    private final Path folder;

    BootFolder(Path machine) {
        this.folder = machine.resolve("boot");
    }

    Path program() {
        return folder.resolve("boot.sh");
    }

    /**
     * Writes the folder.
     *
     * @param birth whether this is the machine's first boot
     * @param bootId the machine's boot id
     */
    void write(
            MachineSpec spec,
            boolean birth,
            String bootId,
            Layers layers,
            List<Masks.Folder> folders,
            Cgroups cgroups,
            Distribution distribution)
            throws IOException {
        Removal.removeTree(folder);
        Path handed = folder.resolve("handed");
        Files.createDirectories(handed);

        resource("boot.sh", folder);
        lines("name", List.of(spec.name()));
        lines("layers", layers.layers().stream().map(Layers.Layer::line).toList());
        lines("folders", folders.stream().map(Masks.Folder::line).toList());
        lines("cgroups", cgroups.groups(spec.name()));
        lines("leaves", cgroups.leaves(spec.name()));
        lines(
                "hierarchies",
                cgroups.hierarchies().stream().map(Cgroups.Hierarchy::line).toList());
        lines(
                "distribution",
                List.of(
                        "bin " + distribution.folder().resolve("bin"),
                        "lib " + distribution.folder().resolve("lib"),
                        "java " + distribution.java()));

        resource("init.sh", handed);
        resource("systemctl.sh", handed);
        lines("handed/boot-id", List.of(bootId));
        lines("handed/dropped-capabilities", List.of(dropped(cgroups)));
        Files.writeString(handed.resolve("ca.crt"), spec.certificateAuthority());
        lines(
                "handed/agent.properties",
                List.of(
                        "server=" + spec.server(),
                        "certificate-authority=/run/capstan/ca.crt",
                        "token=/run/capstan/token",
                        "node=" + spec.name(),
                        "program=/usr/lib/capstan/bin/capstan"));
        for (String file : List.of("hosts", "resolv.conf")) {
            Files.write(handed.resolve(file), hostFile(file));
        }
        if (birth) {
            Files.writeString(handed.resolve("birth.pem"), spec.certificates());
            writeBirth(handed.resolve("birth/etc"), spec.name());
        }
    }

    /** What a machine has of its own in place of the host's. */
    private static void writeBirth(Path etc, String name) throws IOException {
        Files.createDirectories(etc);
        Files.writeString(etc.resolve("hostname"), name + "\n");
        Files.writeString(
                etc.resolve("machine-id"), UUID.randomUUID().toString().replace("-", "") + "\n");
        // Every account of the distribution, none with a password (shadow(5), gshadow(5)).
        var secret = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.write(
                Files.createFile(etc.resolve("shadow"), secret),
                names("passwd").stream()
                        .map(account -> account + ":*:19000:0:99999:7:::")
                        .toList());
        Files.write(
                Files.createFile(etc.resolve("gshadow"), secret),
                names("group").stream().map(group -> group + ":*::").toList());
    }

    private static List<String> names(String file) throws IOException {
        return Files.readAllLines(Path.of("/etc", file)).stream()
                .filter(line -> line.indexOf(':') > 0)
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }

    private static byte[] hostFile(String name) throws IOException {
        try {
            return Files.readAllBytes(Path.of("/etc", name));
        } catch (NoSuchFileException _) {
            return new byte[0];
        }
    }

    /**
     * Capabilities that nothing in a machine gets. They reach the kernel itself, or, DAC_READ_SEARCH, any file of a
     * mounted file system by its handle (open_by_handle_at(2)), which the bind mount for containerd's data would open up.
     */
    private static String dropped(Cgroups cgroups) {
        String always = "-sys_module,-sys_rawio,-sys_time,-syslog,-mac_admin,-mac_override,-dac_read_search";
        // Without the devices controller the next best: no device node but those the machine was given.
        return cgroups.deniesDevices() ? always : always + ",-mknod";
    }

    private void lines(String name, Collection<?> lines) throws IOException {
        Files.write(folder.resolve(name), lines.stream().map(Object::toString).toList());
    }

    /** Writes a program of ours, {@code NAME.sh}, as {@code NAME}; {@code boot.sh} keeps its name. */
    private static void resource(String name, Path folder) throws IOException {
        write(name, folder.resolve(name.equals("boot.sh") ? name : name.substring(0, name.length() - 3)));
    }

    static void write(String resource, Path file) throws IOException {
        try (InputStream in = BootFolder.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing from this build");
            }
            Files.write(file, in.readAllBytes());
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
