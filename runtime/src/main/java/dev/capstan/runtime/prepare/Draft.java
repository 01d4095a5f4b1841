package dev.capstan.runtime.prepare;

import dev.capstan.runtime.HostDirectory;
import java.util.ArrayList;
import java.util.List;

/**
 * What a look at a node came to.
 *
 * @param runtime the containerd in words
 * @param subject the containerd
 * @param service who starts it
 * @param root the root of host directories from then on
 * @param changes files that people or their tools keep, with what they shall be
 * @param support files of ours that are not there yet, or not as they shall be
 * @param joins host directories that are to be given a link to the bundle
 * @param restart whether the runtime has to be restarted
 * @param notes what else is to be known
 * @param refusals why it must not be done; empty where it may
 */
record Draft(
        String runtime,
        Subject subject,
        Service service,
        String root,
        List<ConfigurationPlan.Change> changes,
        List<Support> support,
        List<HostDirectory> joins,
        boolean restart,
        List<String> notes,
        List<Refusal> refusals) {

    /**
     * A file of ours.
     *
     * @param path as a path of the node
     * @param words what it holds
     * @param there whether there is one with another content
     */
    record Support(String path, String words, boolean there) {}

    Draft {
        changes = List.copyOf(changes);
        support = List.copyOf(support);
        joins = List.copyOf(joins);
        notes = List.copyOf(notes);
        refusals = List.copyOf(refusals);
    }

    boolean isPrepared() {
        return refusals.isEmpty() && changes.isEmpty() && support.isEmpty() && joins.isEmpty() && !restart;
    }

    /** For people and programs to read. */
    Assessment assessment() {
        if (!refusals.isEmpty()) {
            return new Assessment.Refused(refusals);
        }
        if (isPrepared()) {
            return new Assessment.Prepared(
                    runtime + " is in lane Isolated already: it was started with the distribution's"
                            + " roots alone and reads Capstan's set from " + root + "/_default at every pull");
        }
        List<Assessment.FileChange> files = new ArrayList<>();
        for (ConfigurationPlan.Change change : changes) {
            files.add(new Assessment.FileChange(
                    change.path(),
                    change.before().isEmpty(),
                    Difference.lines(
                            change.before().map(FileImage::content).orElse(new byte[0]),
                            change.after().content())));
        }
        support.forEach(
                file -> files.add(new Assessment.FileChange(file.path(), !file.there(), List.of(file.words()))));
        joins.forEach(join -> files.add(
                new Assessment.FileChange(OurFiles.link(join), true, List.of("a link to the node's bundle"))));
        return new Assessment.Planned(
                runtime,
                "Isolated: containerd is started with the distribution's roots alone and reads Capstan's set at every pull,"
                        + " so that adding and removing a certificate count without a restart",
                files,
                restart ? service.restartWords() : "",
                notes);
    }
}
