package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Steps.Phase;
import dev.capstan.truststore.format.Edit;
import dev.capstan.truststore.format.Held;
import dev.capstan.truststore.format.JavaKeystore;
import dev.capstan.truststore.format.StoreFormat;
import dev.capstan.truststore.format.TrustedBundle;
import dev.capstan.truststore.format.UneditableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One file that p11-kit extracted, edited in place: what is ours comes and goes, all else stays. */
final class ExtractedFile {

    private final String path;
    private final StoreFormat format;
    private final byte[] now;
    private final Held held;

    /** @param now its bytes as they are */
    ExtractedFile(String path, StoreFormat format, byte[] now) {
        this.path = path;
        this.format = format;
        this.now = now;
        this.held = format.read(now);
    }

    Held held() {
        return held;
    }

    /** Whether it holds this certificate, or is of a kind that does not take it, or is a keystore that nobody can read. */
    boolean agreesOn(Certificate certificate) {
        boolean unreadable = format instanceof JavaKeystore && !held.damages().isEmpty();
        return unreadable || !format.takes(certificate) || held.trusted().contains(certificate.identity());
    }

    /**
     * Plans that it is as it shall be.
     *
     * @param edit what comes and goes
     * @param first where p11-kit puts ours
     * @param restored what comes back at the end
     * @param bundle the file that a keystore is made of where no Java program can read it
     * @param remarks where it is said that it cannot be changed
     */
    void plan(
            Edit edit,
            Edit.Place first,
            List<Certificate> restored,
            ExtractedFile bundle,
            Steps steps,
            List<String> remarks)
            throws IOException {
        try {
            byte[] next = with(restored, edited(edit, first));
            if (!Arrays.equals(next, now)) {
                steps.add(Phase.FILES, Step.Put.file(path, next, why(edit)));
            }
        } catch (UneditableException uneditable) {
            if (!(format instanceof JavaKeystore)) {
                throw new IOException(path + ": " + uneditable.words(), uneditable);
            }
            if (uneditable.isCut()) {
                steps.add(Phase.FILES, Step.Put.file(path, anew(bundle, edit, first), uneditable.words()));
                return;
            }
            String remark = path + " is left as it is: " + uneditable.words() + ".";
            if (!remarks.contains(remark)) {
                remarks.add(remark);
            }
        }
    }

    /** Its bytes without some certificates, and with others back at the end. */
    byte[] without(Set<Identity> drop, List<Certificate> distrust, List<Certificate> restored) throws IOException {
        try {
            return with(restored, format.edit(now, new Edit(drop, distrust, List.of(), Edit.LAST)));
        } catch (UneditableException uneditable) {
            throw new IOException(path + ": " + uneditable.words(), uneditable);
        }
    }

    private byte[] with(List<Certificate> restored, byte[] bytes) throws UneditableException {
        // For what a certificate is trusted OpenSSL's trust bundle says, and we do not know it.
        return restored.isEmpty() || format instanceof TrustedBundle
                ? bytes
                : format.edit(bytes, Edit.of(Set.of(), restored, Edit.LAST));
    }

    /** A keystore of what the bundle shall hold. */
    private byte[] anew(ExtractedFile bundle, Edit edit, Edit.Place first) throws IOException {
        try {
            List<Certificate> all = new ArrayList<>();
            for (Held.Entry entry :
                    bundle.format.read(bundle.edited(edit, first)).entries()) {
                all.addAll(Bundle.authorities(Bundle.pem(entry.der())));
            }
            return format.edit(new byte[0], Edit.of(Set.of(), all, Edit.LAST));
        } catch (UneditableException impossible) {
            throw new IOException(bundle.path + ": " + impossible.words(), impossible);
        }
    }

    /** Ours in the order in which p11-kit reads them; where nothing is to be done, the very bytes. */
    private byte[] edited(Edit edit, Edit.Place first) throws UneditableException {
        byte[] once = format.edit(now, edit);
        if (Arrays.equals(once, now)) {
            return now;
        }
        byte[] bare = format.edit(now, new Edit(edit.drop(), edit.distrust(), List.of(), edit.place()));
        return format.edit(bare, new Edit(Set.of(), edit.distrust(), edit.add(), first));
    }

    private String why(Edit edit) {
        Set<Identity> there = Set.copyOf(held.trusted());
        for (Certificate certificate : edit.add()) {
            if (!there.contains(certificate.identity())) {
                return Step.lacks(certificate.identity());
            }
        }
        for (Identity identity : there) {
            if (edit.drop().contains(identity)) {
                return "holds the certificate " + identity + ", which was removed";
            }
        }
        return "holds a certificate more than once, or one that is distrusted, or lacks one that is so no more";
    }
}
