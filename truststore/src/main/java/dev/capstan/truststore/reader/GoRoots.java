package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The roots as Go loads them ({@code loadSystemRoots} in crypto/x509, root_unix.go and root_linux.go of Go 1.19 and
 * later): the first file of its list that can be read, whatever is in it; and every file in its folders, of any name,
 * but for symbolic links to a name in the same folder. What is no PEM in them is skipped.
 */
record GoRoots(RootFiles files, Decoder decoder) {

    private static final List<String> FILES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private static final List<String> FOLDERS =
            List.of("/etc/ssl/certs", "/etc/pki/tls/certs", "/system/etc/security/cacerts");

    View view() throws IOException {
        List<String> places = new ArrayList<>();
        NavigableMap<Identity, String> certificates = new TreeMap<>();
        Optional<String> first = Optional.empty();
        for (String file : FILES) {
            Optional<List<SeenCertificate>> read = read(file);
            if (read.isPresent()) {
                first = Optional.of(file);
                places.add(file);
                read.get().forEach(certificate -> certificates.put(certificate.identity(), file));
                break;
            }
        }
        Set<String> real = new HashSet<>();
        for (String folder : FOLDERS) {
            if (files.isFolder(folder) && real.add(files.real(folder))) {
                places.add(folder);
                addFolder(folder, first, certificates);
            }
        }
        if (places.isEmpty()) {
            return new View.Failing(
                    Client.GO,
                    new View.Fault(
                            FILES.getFirst(), "neither this nor any other place of Go's is there", Remedy.REBUILD));
        }
        return new View.Trusting(Client.GO, places, certificates, Map.of(), List.of());
    }

    private void addFolder(String folder, Optional<String> first, NavigableMap<Identity, String> certificates)
            throws IOException {
        for (String name : files.names(folder)) {
            String path = folder + "/" + name;
            Optional<Path> target = files.link(folder, name);
            boolean sameFolder = target.isPresent() && !target.get().toString().contains("/");
            if (!sameFolder && !first.equals(Optional.of(path))) {
                read(path)
                        .ifPresent(read ->
                                read.forEach(certificate -> certificates.putIfAbsent(certificate.identity(), path)));
            }
        }
    }

    /** What a file gives; empty if it cannot be read, which Go passes over. */
    private Optional<List<SeenCertificate>> read(String path) {
        try {
            return Optional.of(GoPem.read(files.read(path), decoder));
        } catch (IOException passedOver) {
            return Optional.empty();
        }
    }
}
