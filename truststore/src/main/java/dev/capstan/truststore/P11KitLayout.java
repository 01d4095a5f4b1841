package dev.capstan.truststore;

import dev.capstan.truststore.format.HashFolder;
import dev.capstan.truststore.format.StoreFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is special about a family whose tool lets p11-kit write its outputs ({@code trust extract}).
 *
 * @param family what everybody may know of it
 * @param sources the folders p11-kit reads, in its order; the first is the administrator's. Each has certificates with
 *     what they are trusted for in it, plain anchors in {@code anchors}, and what nobody shall trust in another folder
 * @param blocklist the name of that other folder
 * @param bundle which of the files is the bundle for TLS
 * @param files the outputs that are files; those count that are there
 * @param folders the outputs that are folders with hash links; those count that are there
 * @param mirror a folder with a link for every name in one of those
 */
record P11KitLayout(
        Family family,
        List<String> sources,
        String blocklist,
        FileOutput bundle,
        List<FileOutput> files,
        List<FolderOutput> folders,
        Optional<Mirror> mirror)
        implements Layout {

    /** A file and its format. */
    record FileOutput(String path, StoreFormat format) {}

    /** A folder and its format. */
    record FolderOutput(String path, HashFolder format) {}

    /**
     * Links in another folder to what the names in a folder lead to.
     *
     * @param path the folder of these links
     * @param of the folder whose names it has
     * @param prefix how one gets from the one to the other, with a slash at its end
     */
    record Mirror(String path, String of, String prefix) {}

    P11KitLayout {
        sources = List.copyOf(sources);
        files = List.copyOf(files);
        folders = List.copyOf(folders);
    }

    /** The folder of anchors that an administrator, and Capstan, adds to. */
    String anchors() {
        return sources.getFirst() + "/anchors";
    }

    /** The folder of what an administrator, and Capstan, wants nobody to trust. */
    String blocked() {
        return sources.getFirst() + "/" + blocklist;
    }

    /** The folders that entries are written in, but for those of Capstan's own. */
    List<String> written() {
        List<String> written = new ArrayList<>(List.of(anchors(), blocked()));
        for (FileOutput file : files) {
            written.add(file.path().substring(0, file.path().lastIndexOf('/')));
        }
        folders.forEach(folder -> written.add(folder.path()));
        mirror.ifPresent(links -> written.add(links.path()));
        return written.stream().distinct().toList();
    }

    /** The tool has no file of its own while it runs; p11-kit makes each output beside it, under its name and a suffix. */
    @Override
    public ForeignRun foreignRun(Root root) {
        int slash = bundle.path().lastIndexOf('/');
        return new ForeignRun(
                root,
                bundle.path().substring(0, slash),
                bundle.path().substring(slash + 1) + ".*",
                family.tool().split(" ", 2)[0]);
    }

    @Override
    public Survey survey(Root root, StoreRecord record, Cache cache, Hook hook, ForeignRun run) throws IOException {
        return new P11KitSurvey(root, this, record);
    }

    @Override
    public List<String> watched() {
        return written();
    }
}
