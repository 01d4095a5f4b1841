package dev.capstan.truststore;

import dev.capstan.truststore.format.StoreFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is special about a family whose tool lets p11-kit extract its outputs, in p11-kit's own formats.
 *
 * @param family what everybody may know of it
 * @param blocklists the folders for what nobody shall trust, the one that is there or else the first
 * @param bundle the bundle for TLS servers
 * @param files the outputs that are files, with their formats
 * @param folders the outputs that are hash folders; whether their files are TRUSTED CERTIFICATEs
 * @param mirror a hash folder of links into the first of the folders
 * @param hookName the file of our hook
 */
record ExtractedLayout(
        Family family,
        List<String> blocklists,
        String bundle,
        Map<String, StoreFormat> files,
        Map<String, Boolean> folders,
        Optional<String> mirror,
        String hookName)
        implements Layout {

    @Override
    public ForeignRun foreignRun(Root root) {
        // p11-kit writes each output beside its place and renames it; there is no file that tells a run from afar.
        return ForeignRun.none(root);
    }

    @Override
    public Survey survey(Root root, StoreRecord record, Cache cache, Hook hook, ForeignRun run) throws IOException {
        return new ExtractedSurvey(root, this, record, cache, hook);
    }

    @Override
    public List<String> watched() {
        List<String> watched = new ArrayList<>();
        watched.add(family.anchors());
        for (String file : files.keySet()) {
            String folder = file.substring(0, file.lastIndexOf('/'));
            if (!watched.contains(folder)) {
                watched.add(folder);
            }
        }
        watched.addAll(folders.keySet());
        mirror.ifPresent(watched::add);
        return watched;
    }
}
