package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Writes whiteouts into the upper folders of a machine that does not run. A whiteout is a character device 0:0 (kernel,
 * overlayfs.rst); one is made and linked to wherever one is needed, as overlayfs does itself.
 *
 * <p>What is in an upper folder was written by root inside the machine. No symbolic link in it is followed: a path is
 * walked one name at a time, and where anything but a folder is met, the host's side is hidden by it already.
 */
final class UpperFolder {

    private final Path machine;
    private final Layers layers;
    private final Path whiteout;

    private UpperFolder(Path machine, Layers layers, Path whiteout) {
        this.machine = machine;
        this.layers = layers;
        this.whiteout = whiteout;
    }

    /** The upper folders of the machine in this folder, made if they are not there. */
    static UpperFolder of(Path machine, Layers layers) throws IOException, InterruptedException {
        for (Layers.Layer layer : layers.layers()) {
            Path upper = machine.resolve(layer.upper());
            if (!Files.isDirectory(upper, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(upper);
                like(layer.lower(), upper);
            }
            Files.createDirectories(machine.resolve(layer.work()));
        }
        Path whiteout = machine.resolve("whiteout");
        if (!Files.exists(whiteout, LinkOption.NOFOLLOW_LINKS)) {
            Programs.run("mknod", whiteout.toString(), "c", "0", "0");
        }
        return new UpperFolder(machine, layers, whiteout);
    }

    /** Hides what the host has at this path, unless the machine has something of its own there. */
    void hide(Path path) throws IOException {
        Layers.Layer layer = layers.of(path);
        Path relative = layer.lower().relativize(path);
        if (relative.toString().isEmpty()) {
            return; // the mount point of a layer of its own: its contents are hidden one by one
        }
        Path below = layer.lower();
        Path above = machine.resolve(layer.upper());
        for (Path name : relative.getParent() == null ? Path.of("") : relative.getParent()) {
            if (name.toString().isEmpty()) {
                break;
            }
            below = below.resolve(name);
            above = above.resolve(name);
            if (!Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
                    return; // the host has nothing there
                }
                Files.createDirectory(above);
                like(below, above);
            } else if (!Files.isDirectory(above, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
        }
        Path place = above.resolve(relative.getFileName());
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.createLink(place, whiteout);
        }
    }

    /** A folder that exists in both layers shows with the mode and owner of the upper one. */
    private static void like(Path lower, Path upper) throws IOException {
        var attributes = Files.readAttributes(lower, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        var view = Files.getFileAttributeView(upper, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        view.setOwner(attributes.owner());
        view.setGroup(attributes.group());
        Files.setPosixFilePermissions(upper, attributes.permissions());
    }
}
