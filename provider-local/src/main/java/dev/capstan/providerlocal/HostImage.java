package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What machines are made from: this host's own system. Its version is the distribution's name and version and the time
 * when a package was last installed, changed or removed, as the package database's file says: {@code
 * local-debian-12-20261122.093501}. Another one where any of that changed.
 */
final class HostImage {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd.HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Package databases of dpkg, rpm (two places), apk and pacman; a distribution without one has only its release. */
    private static final List<String> CHANGES = List.of(
            "var/lib/dpkg/status",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "var/lib/rpm/rpmdb.sqlite",
            "lib/apk/db/installed",
            "var/lib/pacman/local",
            "etc/os-release");

    private HostImage() {}

    /** The version of the system with this root. */
    static String version(Path root) {
        Map<String, String> release = new HashMap<>();
        try {
            for (String line : Files.readAllLines(root.resolve("etc/os-release"))) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    release.put(
                            line.substring(0, equals),
                            line.substring(equals + 1).replace("\"", ""));
                }
            }
        } catch (IOException none) {
            // os-release(5) is on every distribution of the last ten years; the others are only "linux"
        }
        return "local-" + release.getOrDefault("ID", "linux")
                + (release.containsKey("VERSION_ID") ? "-" + release.get("VERSION_ID") : "") + "-"
                + TIME.format(changed(root));
    }

    private static Instant changed(Path root) {
        for (String place : CHANGES) {
            try {
                return Files.getLastModifiedTime(root.resolve(place)).toInstant();
            } catch (IOException notThisOne) {
                // the next is looked at
            }
        }
        return Instant.EPOCH;
    }
}
