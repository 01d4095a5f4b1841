package dev.capstan.agent;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.runtime.RuntimeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells cheaply whether anything on the node may have changed since it was last measured: the change times (ctime, which
 * no ordinary program can set back) of the trust store, of the runtime's configuration and of the last good set, and
 * whether the runtime is still the same process. A different stamp is a reason to look, nothing more.
 */
final class Stamps {

    private static final List<String> PLACES = List.of(
            "etc/ssl/certs",
            "etc/ssl/certs/ca-certificates.crt",
            "usr/local/share/ca-certificates",
            "etc/containerd",
            "etc/containerd/certs.d",
            "etc/containerd/certs.d/_default",
            "etc/containerd/certs.d/_default/capstan.crt",
            "var/lib/capstan/runtime/distribution-roots.pem",
            "var/lib/capstan/agent/last-good");

    private final List<Path> places = new ArrayList<>();
    private final @Nullable Path process;
    private final long taken;

    /**
     * Takes a stamp of the node as it is now.
     *
     * @param root root of the node's file system
     * @param proc the proc file system the runtime was looked up in
     * @param set what the store shall hold
     * @param folders the store's folders that are watched
     * @param runtime the runtime's process; absent where none runs
     */
    Stamps(Path root, Path proc, CertificateSet set, Set<Path> folders, @Nullable RuntimeProcess runtime) {
        places.addAll(folders);
        PLACES.forEach(place -> places.add(root.resolve(place)));
        Path anchors = root.resolve("usr/local/share/ca-certificates");
        for (Certificate certificate : set.certificates()) {
            places.add(anchors.resolve("capstan-" + certificate.identity() + ".crt"));
        }
        if (runtime != null) {
            String configuration = runtime.configuration();
            places.add(root.resolve(configuration.startsWith("/") ? configuration.substring(1) : configuration));
        }
        this.process = runtime == null
                ? null
                : proc.resolve(Long.toString(runtime.pid())).resolve("stat");
        this.taken = now();
    }

    /** Whether the node still looks as it did. */
    boolean same() {
        return taken == now();
    }

    private long now() {
        long stamp = process == null ? 0 : started(process);
        for (Path place : places) {
            stamp = 31 * stamp + changed(place);
        }
        return stamp;
    }

    private static long changed(Path place) {
        try {
            return ((FileTime) Files.getAttribute(place, "unix:ctime", LinkOption.NOFOLLOW_LINKS))
                    .to(TimeUnit.NANOSECONDS);
        } catch (IOException missing) {
            return -1;
        }
    }

    /** Hash of the process's start time (proc(5), field 22 of {@code /proc/PID/stat}); -1 where it is gone. */
    private static long started(Path stat) {
        String line;
        try {
            line = Files.readString(stat, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return -1;
        }
        // The program's name, in brackets, may hold blanks: field 3 begins behind the last bracket.
        int at = line.lastIndexOf(')') + 1;
        for (int field = 2; field < 22 && at > 0; field++) {
            at = line.indexOf(' ', at) + 1;
        }
        int end = line.indexOf(' ', at);
        return at > 0 && end > at ? line.substring(at, end).hashCode() : -1;
    }
}
