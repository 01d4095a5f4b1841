package dev.capstan.runtime.prepare;

import java.util.List;

/** What there is to do on a node so that it is in lane Isolated. */
public sealed interface Assessment {

    /**
     * Nothing.
     *
     * @param words what was found, with the lane
     */
    record Prepared(String words) implements Assessment {}

    /**
     * Changes, and one restart.
     *
     * @param runtime the program, its version and process
     * @param reason what lane the node comes into, and why
     * @param files every file that is created or changed
     * @param restart the command that restarts the runtime
     * @param notes what else is to be known
     */
    record Planned(String runtime, String reason, List<FileChange> files, String restart, List<String> notes)
            implements Assessment {

        public Planned {
            files = List.copyOf(files);
            notes = List.copyOf(notes);
        }
    }

    /** It must not be, all reasons at once. */
    record Refused(List<Refusal> refusals) implements Assessment {

        public Refused {
            refusals = List.copyOf(refusals);
        }
    }

    /**
     * A run before this one was interrupted.
     *
     * @param words what it was at, and what completes or undoes it
     */
    record Interrupted(String words) implements Assessment {}

    /**
     * A change of one file.
     *
     * @param path the file, as a path of the node
     * @param created whether it is not there yet
     * @param lines what changes, as in a unified diff; of a file of certificates what it holds
     */
    record FileChange(String path, boolean created, List<String> lines) {

        public FileChange {
            lines = List.copyOf(lines);
        }
    }
}
