package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operating systems whose trust store no file written on the node changes for good: their own configuration does, and
 * this says how.
 */
final class Elsewhere {

    /** By the ID in os-release(5). */
    private static final Map<String, String> BY_ID = Map.of(
            "talos",
            "Talos Linux, which is changed only through its machine configuration. Put the certificates into a document"
                    + " 'kind: TrustedRootsConfig' and apply it with: talosctl patch machineconfig",
            "bottlerocket",
            "Bottlerocket, which is changed only through its settings. Set settings.pki.NAME.data to the base64 of the"
                    + " certificates and settings.pki.NAME.trusted to true, with apiclient or in the user data",
            "nixos",
            "NixOS, which makes its trust store anew from its configuration. Add the certificates to"
                    + " security.pki.certificateFiles and run: nixos-rebuild switch");

    private static final String WINDOWS = "Windows, whose trust store is in the registry. Import the certificates with:"
            + " certutil -addstore Root FILE, or by group policy";

    private static final List<String> OS_RELEASE = List.of("/etc/os-release", "/usr/lib/os-release");

    private Elsewhere() {}

    /** What this root is and what to do there, a sentence; empty where files make the trust store. */
    static Optional<String> instead(Root root) throws IOException {
        if (root.exists("/Windows/System32")) {
            return Optional.of(WINDOWS + ".");
        }
        for (String path : OS_RELEASE) {
            Optional<byte[]> release = root.read(path);
            if (release.isPresent()) {
                return id(new String(release.get(), UTF_8)).map(BY_ID::get).map(words -> words + ".");
            }
        }
        return root.exists("/etc/NIXOS") ? Optional.of(BY_ID.get("nixos") + ".") : Optional.empty();
    }

    private static Optional<String> id(String release) {
        for (String line : release.split("\n", -1)) {
            if (line.startsWith("ID=")) {
                return Optional.of(line.substring(3).replace("\"", "").strip());
            }
        }
        return Optional.empty();
    }
}
