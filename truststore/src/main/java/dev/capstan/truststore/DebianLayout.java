package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the Debian family (Debian, Ubuntu and what is made of them) keeps its trust store, as update-ca-certificates(8)
 * writes it and its readers look for it. Local anchors are files {@code *.crt} below
 * {@code /usr/local/share/ca-certificates}. From them come, in {@code /etc/ssl/certs}: a link {@code NAME.pem} to each,
 * a link {@code HASH.N} to each of those (OpenSSL's {@code -CApath}), and the bundle {@code ca-certificates.crt} (curl,
 * GnuTLS, Go), which has the distribution's own certificates first and then the local ones, sorted by path.
 */
record DebianLayout(Path root) {

    static final String ANCHORS = "/usr/local/share/ca-certificates";
    static final String OUTPUTS = "/etc/ssl/certs";
    static final String BUNDLE_NAME = "ca-certificates.crt";
    static final String BUNDLE = OUTPUTS + "/" + BUNDLE_NAME;
    static final String STATE = "/var/lib/capstan/truststore";

    /**
     * Our temporary files: a folder, because Go trusts every file of {@link #OUTPUTS} whatever its name, but reads no
     * folder in it; and in the same folder as what they replace, so that a rename is all it takes.
     */
    static final String STAGING = ".capstan";

    private static final String TOOL = "/usr/sbin/update-ca-certificates";
    private static final String DISTRIBUTION_ANCHORS = "/usr/share/ca-certificates";
    private static final Pattern OURS = Pattern.compile("capstan-([0-9a-f]{64})\\.(crt|pem)");

    /** What tells other families, as far as Capstan has a name for them. */
    private static final List<String> OTHER_FAMILIES = List.of(
            "/etc/alpine-release",
            "/etc/pki/ca-trust",
            "/etc/arch-release",
            "/etc/SUSE-brand",
            "/var/lib/ca-certificates/pem",
            "/usr/share/flatcar",
            "/etc/nixos",
            "/usr/share/pki");

    /**
     * The layout of this root.
     *
     * @throws UnsupportedRootException if it is not of the Debian family
     */
    static DebianLayout of(Path root) throws TrustStoreException {
        DebianLayout layout = new DebianLayout(root.toAbsolutePath());
        List<String> found = new ArrayList<>();
        for (String path : OTHER_FAMILIES) {
            if (layout.exists(path)) {
                found.add(path);
            }
        }
        boolean debian = layout.exists("/etc/debian_version");
        boolean outputs = layout.exists(OUTPUTS);
        boolean tool = layout.exists(TOOL);
        if (outputs && tool && (debian || (found.isEmpty() && layout.exists("/usr/local/share")))) {
            return layout;
        }
        String has = found.isEmpty() ? "nothing that Capstan knows another family by" : String.join(", ", found);
        throw new UnsupportedRootException("The root " + root
                + " is not of the Debian family, the only one whose trust store Capstan writes yet: it has "
                + (outputs ? "" : "no ") + OUTPUTS + ", " + (tool ? "" : "no ") + TOOL + ", "
                + (debian ? "" : "no ") + "/etc/debian_version, and " + has
                + ". On Debian and Ubuntu install the package ca-certificates.");
    }

    private boolean exists(String inside) throws TrustStoreException {
        try {
            return Files.exists(resolve(inside));
        } catch (IOException unreadable) {
            throw new TrustStoreException(
                    "Cannot look for " + inside + " in the root " + root + ": " + Reasons.of(unreadable), unreadable);
        }
    }

    /** Where this path of the root lies; never outside of it. */
    Path resolve(String inside) throws IOException {
        return RootPath.resolve(root, Path.of(inside));
    }

    /** Where a link of this content that stands in {@link #OUTPUTS} leads to. */
    Path resolveLink(Path target) throws IOException {
        return RootPath.resolve(root, Path.of(OUTPUTS).resolve(target));
    }

    static String anchorName(Identity identity) {
        return "capstan-" + identity + ".crt";
    }

    static String linkName(Identity identity) {
        return "capstan-" + identity + ".pem";
    }

    /** What the link {@link #linkName} says, as update-ca-certificates writes and checks it. */
    static String linkTarget(Identity identity) {
        return ANCHORS + "/" + anchorName(identity);
    }

    /** Whose file of ours this is, going by its name. */
    static Optional<Identity> owner(Path name) {
        Matcher matcher = OURS.matcher(name.toString());
        return matcher.matches() ? Optional.of(new Identity(matcher.group(1))) : Optional.empty();
    }

    /** Whether a link of this content in {@link #OUTPUTS} puts the file it names into the bundle. */
    static boolean isSource(Path target) {
        return target.startsWith(DISTRIBUTION_ANCHORS) || target.startsWith(ANCHORS);
    }

    /** Whether the tool puts this anchor behind ours: it sorts the paths of local anchors by byte. */
    static boolean isLater(Path target) {
        return target.startsWith(ANCHORS) && target.toString().compareTo(ANCHORS + "/capstan-") > 0;
    }

    /** The path as seen inside the root. */
    static String inside(String folder, String name) {
        return folder + "/" + name;
    }
}
