package dev.capstan.agent;

import dev.capstan.agent.disk.DurableFile;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.NamedCertificate;
import dev.capstan.runtime.Restarted;
import dev.capstan.runtime.RuntimeProcess;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Restarts the runtime, where nothing else lets it see the set.
 *
 * <p>A restart has a cause: the set that is wanted, and what of it the process may still trust or not know yet, by identity.
 * Order and names are no part of it. The cause is on the disk before the restart begins, and is over as soon as the runtime
 * provably reads the wanted set. Until then:
 *
 * <ul>
 *   <li>If the process is another one than before, the restart happened and did not help; there is no second one for the
 *       same cause, whoever made it and however often the agent starts.
 *   <li>If it is the same one, the restart failed; it is tried again after {@value #FIRST_MINUTES} minutes, then after twice
 *       as long each time, up to {@value #LONGEST_MINUTES}.
 * </ul>
 */
final class RuntimeRestarts {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final int FIRST_MINUTES = 5;
    private static final int LONGEST_MINUTES = 360;

    private final Path file;
    private final InstantSource clock;
    private RestartRecord record;

    RuntimeRestarts(Path folder, InstantSource clock) {
        this.file = folder.resolve("restarts");
        this.clock = clock;
        this.record = RestartRecord.read(file);
    }

    /** Gives the word, at the last moment: whether the node's NodeTrust permits a restart now. */
    interface Permission {
        boolean stands();
    }

    /** The runtime reads what it shall: whatever a restart was made for is over. */
    void over() {
        if (!record.cause().isEmpty()) {
            keep(record.over());
        }
    }

    /**
     * Restarts the runtime, if the cause allows it.
     *
     * @return whether that was tried, so that the node has to be measured again
     */
    boolean restart(
            ContainerRuntime runtime,
            RuntimeProcess process,
            String wanted,
            Loaded.Stale stale,
            Permission permission) {
        String cause = cause(wanted, stale);
        if (!mayTry(cause, process) || !permission.stands()) {
            return false;
        }
        RestartRecord before = record;
        RestartRecord begun = before.begun(cause, of(process), now().toString());
        if (!keep(begun)) {
            return false;
        }
        LOG.log(Level.WARNING, "restarting " + process + ": " + stale.reason());
        try {
            Optional<Restarted> restarted = runtime.restart(process, socket -> {
                // That it accepts connections is enough: the kubelet asks the rest of it.
            });
            if (restarted.isEmpty()) {
                LOG.log(Level.INFO, "not restarted: somebody else has just done that, so the node is measured again");
                keep(before);
                return true;
            }
            Restarted done = restarted.get();
            LOG.log(
                    Level.INFO,
                    "restarted: " + done.before() + " is " + done.after() + " now; it answered after "
                            + done.untilAnswer().toMillis() + " ms; "
                            + done.containers().words());
        } catch (ContainerRuntimeException failed) {
            LOG.log(Level.ERROR, "the restart failed: " + failed.getMessage());
            keep(begun.failed(failed.getMessage() + ""));
        }
        return true;
    }

    private boolean mayTry(String cause, RuntimeProcess process) {
        if (!record.cause().equals(cause)) {
            return true;
        }
        return record.process().equals(of(process)) && !now().isBefore(next());
    }

    /** When a failed restart is tried again. */
    private Instant next() {
        long minutes = Math.min(LONGEST_MINUTES, (long) FIRST_MINUTES << Math.min(record.failures() - 1, 10));
        return record.last().plus(Duration.ofMinutes(record.failures() == 0 ? 0 : minutes));
    }

    /** In how many milliseconds a failed restart is to be tried again; {@link Long#MAX_VALUE} where none is. */
    long dueInMillis(String wanted, Loaded.Stale stale, RuntimeProcess process) {
        return record.cause().equals(cause(wanted, stale)) && record.process().equals(of(process))
                ? Math.max(0, Duration.between(clock.instant(), next()).toMillis())
                : Long.MAX_VALUE;
    }

    /** What is to be said of the restart to who waits for it. */
    String words(String wanted, Loaded.Stale stale, RuntimeProcess process, boolean permitted) {
        if (record.cause().equals(cause(wanted, stale))) {
            if (!record.process().equals(of(process))) {
                return "A restart at " + record.last() + " did not help, so there is no second one for this set; see"
                        + " systemctl status " + process.kind().word() + " and capstan node doctor.";
            }
            if (record.failures() > 0) {
                return "The restart at " + record.last() + " failed: " + record.words()
                        + (permitted ? " It is tried again at " + next() + "." : "");
            }
        }
        return permitted
                ? ""
                : "The agent restarts it by itself as soon as NodeTrust.spec.runtimeRestart permits that.";
    }

    int count() {
        return record.count();
    }

    /** When the last restart was, RFC 3339; absent where there was none. */
    @Nullable
    String last() {
        return record.count() == 0 ? null : record.last().toString();
    }

    private static String cause(String wanted, Loaded.Stale stale) {
        return wanted + " " + Fingerprint.of(identities(stale.stillTrusted()), identities(stale.notYetKnown()));
    }

    private static List<Identity> identities(List<NamedCertificate> certificates) {
        return certificates.stream().map(NamedCertificate::identity).toList();
    }

    private static String of(RuntimeProcess process) {
        return process.pid() + " " + process.startedBootNanos();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private boolean keep(RestartRecord next) {
        try {
            DurableFile.replace(file, next.text().getBytes(StandardCharsets.UTF_8), "rw-r--r--");
        } catch (IOException failed) {
            LOG.log(
                    Level.ERROR,
                    "the runtime's restarts could not be recorded in " + file + ": " + failed
                            + ". Without that none is begun; make the disk writable");
            return false;
        }
        record = next;
        return true;
    }
}
