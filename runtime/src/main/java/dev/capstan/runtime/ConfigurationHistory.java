package dev.capstan.runtime;

import dev.capstan.runtime.ConfigurationRecord.Moment;
import dev.capstan.runtime.ConfigurationRecord.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether containerd's configuration was changed after it was started, told so that setting the clock misleads nobody.
 *
 * <ol>
 *   <li>What it was started with is in the {@link ConfigurationRecord}: then the contents decide, and no clock is asked. A
 *       file that was written anew with what it held, or changed and changed back, was not changed.
 *   <li>A process that is looked at for the first time was started with what was seen before it started, in this boot or an
 *       earlier one, if the files still are as they were seen. The clock of the boot decides that alone.
 *   <li>Only where nobody has seen them before are the files' times compared with the time it started, both by the wall
 *       clock: the start as the clock of then had it, see {@link #startedAtMillis}.
 * </ol>
 *
 * <p>What the third came to is recorded too, so that it is asked once for each process.
 */
final class ConfigurationHistory {

    /** Longer than containerd takes from its start to its socket; a smaller step of the clock is not noticed. */
    private static final long SLOWEST_START_MILLIS = 10_000;

    private final Path root;
    private final Processes processes;

    ConfigurationHistory(Path root, Processes processes) {
        this.root = root;
        this.processes = processes;
    }

    /**
     * The first file that was changed since this process was started; empty where none was.
     *
     * @param socket where it serves, inside the root
     */
    Optional<ConfigurationChange> changed(RuntimeProcess process, ConfigurationFiles files, String socket)
            throws IOException {
        ConfigurationRecord record = ConfigurationRecord.read(root);
        Start start = start(process);
        if (start.equals(record.process())) {
            return ConfigurationRecord.different(record.startedWith(), files.contents())
                    .map(file -> new ConfigurationChange(file, true));
        }
        if (wasSeenBefore(record, start) && record.files().equals(files.contents())) {
            return Optional.empty();
        }
        return files.changedSince(root, startedAtMillis(process, socket));
    }

    /** Records what is there now, and what this process was started with; nothing is written where that is known. */
    void keep(Optional<RuntimeProcess> process, ConfigurationFiles files, String socket) throws IOException {
        ConfigurationRecord record = ConfigurationRecord.read(root);
        Moment seen = record.seen();
        if (seen == null || !record.files().equals(files.contents())) {
            seen = new Moment(processes.bootId(), processes.bootNanos());
        }
        Start start = record.process();
        SortedMap<String, String> with = record.startedWith();
        if (process.isPresent() && !start(process.get()).equals(start)) {
            start = start(process.get());
            with = startedWith(process.get(), files, socket, record);
        }
        ConfigurationRecord now = new ConfigurationRecord(seen, files.contents(), start, with);
        if (!now.equals(record)) {
            now.write(root);
        }
    }

    private SortedMap<String, String> startedWith(
            RuntimeProcess process, ConfigurationFiles files, String socket, ConfigurationRecord record)
            throws IOException {
        Optional<ConfigurationChange> changed = changed(process, files, socket);
        if (changed.isEmpty()) {
            return files.contents();
        }
        if (wasSeenBefore(record, start(process))) {
            return record.files();
        }
        SortedMap<String, String> unknown = new TreeMap<>(files.contents());
        unknown.put(changed.get().file(), ConfigurationRecord.UNKNOWN);
        return unknown;
    }

    private static boolean wasSeenBefore(ConfigurationRecord record, Start start) {
        Moment seen = record.seen();
        return seen != null && start.isAfter(seen);
    }

    private Start start(RuntimeProcess process) throws IOException {
        return new Start(processes.bootId(), process.startedBootNanos(), process.pid());
    }

    /**
     * When the process started, by the wall clock as it was then. What the clock of now makes of it is exact unless it was
     * set since; that shows in the socket, which containerd made right after it started and whose time nobody changes.
     */
    private long startedAtMillis(RuntimeProcess process, String socket) throws IOException {
        long byNow = processes.bootedAtMillis() + process.startedBootNanos() / 1_000_000;
        Path made = RootPath.follow(root, socket);
        if (!Files.exists(made)) {
            return byNow;
        }
        long then = Files.getLastModifiedTime(made).toMillis();
        boolean wasSetBack = then > byNow + SLOWEST_START_MILLIS;
        // Of a process that has just started it may be the socket of the one before it.
        long ageMillis = (processes.bootNanos() - process.startedBootNanos()) / 1_000_000;
        boolean wasSetForward = then < byNow && ageMillis >= SLOWEST_START_MILLIS;
        return wasSetBack || wasSetForward ? then : byNow;
    }
}
