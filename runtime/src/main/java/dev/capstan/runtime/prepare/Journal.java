package dev.capstan.runtime.prepare;

import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.Shim;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What a preparation is about, on the disk before the first change and until everything is taken back. Whoever finds it
 * can go on in either direction, since it has every file as it was and as it shall be.
 *
 * @param state how far it is
 * @param begun when the first change was about to be made
 * @param placed when the last file of the present direction was in its place; empty before. A process that started later
 *     has read them
 * @param subject the containerd
 * @param service who starts it
 * @param root the root of host directories that it reads from then on
 * @param made the configuration that was in force when this began, which the new one is compared with; empty where there
 *     was no file
 * @param files every file with what it was and shall be
 * @param support files that the lane needs beside, which were not there: they come before the restart and go after it
 * @param folders those made for all of these, outermost first
 * @param containers those that ran right before the restart of the present direction; none before
 */
record Journal(
        State state,
        Moment begun,
        Optional<Moment> placed,
        Subject subject,
        Service service,
        String root,
        Optional<FileImage> made,
        List<FileChange> files,
        List<String> support,
        List<String> folders,
        List<Shim> containers) {

    /** How far a preparation is. */
    enum State {
        CHANGING,
        PREPARED,
        UNDOING
    }

    /** A file before and after. */
    record FileChange(String path, Optional<FileImage> before, FileImage after) {

        boolean isBefore(Optional<FileImage> now) {
            return before.isPresent() ? now.filter(before.get()::holdsWhat).isPresent() : now.isEmpty();
        }

        boolean isAfter(Optional<FileImage> now) {
            return now.filter(after::holdsWhat).isPresent();
        }
    }

    /**
     * A moment of one boot.
     *
     * @param bootId the kernel's boot id
     * @param nanos CLOCK_BOOTTIME, cut to centiseconds
     */
    record Moment(String bootId, long nanos) {

        /** Whether a process that runs in this boot started after it. */
        boolean isBefore(RuntimeProcess process, String runningBoot) {
            return !bootId.equals(runningBoot) || process.startedBootNanos() >= nanos;
        }
    }

    Journal {
        files = List.copyOf(files);
        support = List.copyOf(support);
        folders = List.copyOf(folders);
        containers = List.copyOf(containers);
    }

    /** The same, about to go in this direction. */
    Journal turning(State direction) {
        return new Journal(
                direction, begun, Optional.empty(), subject, service, root, made, files, support, folders, List.of());
    }

    Journal placedAt(Moment moment) {
        return new Journal(
                state, begun, Optional.of(moment), subject, service, root, made, files, support, folders, containers);
    }

    /** The same, with the containers that run right before the restart. */
    Journal noting(List<Shim> running) {
        return new Journal(state, begun, placed, subject, service, root, made, files, support, folders, running);
    }

    /** With more files of ours. */
    Journal supporting(List<String> more) {
        LinkedHashSet<String> all = new LinkedHashSet<>(support);
        all.addAll(more);
        return new Journal(
                state, begun, placed, subject, service, root, made, files, List.copyOf(all), folders, containers);
    }

    Journal prepared() {
        return new Journal(
                State.PREPARED, begun, placed, subject, service, root, made, files, support, folders, containers);
    }
}
