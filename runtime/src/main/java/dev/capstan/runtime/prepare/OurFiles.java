package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.HostDirectories;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.IsolatedLane;
import dev.capstan.runtime.Lane;
import dev.capstan.runtime.LaneChoice;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What lane Isolated needs of Capstan's own: the roots kept without our set, the empty folder, our set in {@code _default},
 * links in host directories. There before the restart, since containerd then trusts nothing else; gone after the way back.
 */
final class OurFiles {

    private final NodeFiles files;
    private final ContainerRuntime runtime;
    private final Given given;

    OurFiles(NodeFiles files, ContainerRuntime runtime, Given given) {
        this.files = files;
        this.runtime = runtime;
        this.given = given;
    }

    /** The paths of those that are not there yet. */
    static List<String> missing(NodeFiles files, Draft draft) {
        List<String> missing = new ArrayList<>();
        List<String> wanted = new ArrayList<>(List.of(RuntimeLayout.DISTRIBUTION_ROOTS, RuntimeLayout.ROOTS_RECORD));
        wanted.add(shown(draft.root()));
        draft.joins().forEach(join -> wanted.add(link(join)));
        wanted.stream().filter(path -> !files.exists(path)).forEach(missing::add);
        return missing;
    }

    static String shown(String root) {
        return root + "/_default/" + RuntimeLayout.OUR_FILE;
    }

    /** Makes the folders and everything in them. */
    void make(Journal journal) throws IOException, ContainerRuntimeException {
        for (String path : journal.folders()) {
            files.makeFolder(path);
        }
        refresh(journal.root(), journal.support());
    }

    /**
     * Brings what is there to what it shall be now; no restart is needed for any of it.
     *
     * @param support our files: those in host directories are made, others are left alone
     */
    void refresh(String root, List<String> support) throws IOException, ContainerRuntimeException {
        if (!runtime.keepRoots(given.roots()) && !isStartedWithOurs()) {
            FileImage roots = FileImage.ours(Files.readAllBytes(given.roots()));
            if (files.read(RuntimeLayout.DISTRIBUTION_ROOTS)
                    .filter(roots::holdsWhat)
                    .isEmpty()) {
                files.put(RuntimeLayout.DISTRIBUTION_ROOTS, roots);
            }
        }
        String shown = shown(root);
        if (given.ours().isEmpty()) {
            // An empty file would fail every pull.
            files.remove(shown);
        } else if (!isShown(root)) {
            files.put(shown, FileImage.ours(content()));
        }
        for (String path : support) {
            if (path.endsWith("/" + RuntimeLayout.OUR_FILE) && !path.equals(shown)) {
                HostDirectories.join(files.root(), path.substring(0, path.lastIndexOf('/')));
            }
        }
    }

    /**
     * That the runtime is in lane Isolated, as whoever looks at it later will find.
     *
     * @throws IOException if it is not; the message says why
     */
    void isolated() throws IOException, ContainerRuntimeException {
        LaneChoice choice = runtime.lane();
        if (choice.lane() != Lane.ISOLATED || !choice.obstacles().isEmpty()) {
            throw new IOException("containerd runs, but not in lane Isolated: " + choice.reason() + "; "
                    + String.join("; ", choice.obstacles()));
        }
    }

    private boolean isStartedWithOurs() throws ContainerRuntimeException {
        RuntimeProcess process = runtime.lane().process();
        return process != null && process.trustEnvironment().equals(IsolatedLane.ENVIRONMENT);
    }

    /** Whether exactly our set is shown. */
    boolean isShown(String root) throws IOException {
        Optional<FileImage> now = files.read(shown(root));
        return given.ours().isEmpty()
                ? now.isEmpty()
                : now.filter(image -> Arrays.equals(image.content(), content())).isPresent();
    }

    private byte[] content() {
        return given.ours().pem().getBytes(StandardCharsets.US_ASCII);
    }

    static String link(HostDirectory directory) {
        return directory.path() + "/" + RuntimeLayout.OUR_FILE;
    }

    /** Takes them away, once nobody reads them. */
    static void remove(NodeFiles files, Journal journal) throws IOException {
        for (String path : journal.support()) {
            files.remove(path);
        }
        for (String folder : journal.folders().reversed()) {
            files.removeIfEmpty(folder);
        }
    }
}
