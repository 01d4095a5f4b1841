package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry: a file, a key of a Secret, or an element of a list.
 *
 * <p>An entry is unwrapped layer by layer (base64 around text or DER, up to {@value #MOST_LAYERS} times; UTF-16; PKCS#7), as long
 * as what comes out can be nothing else. In the text that is left {@link PemScanner} finds the blocks. A door that mends tells
 * of each kind of mend once, with its first place. A list takes only the blocks that {@link GoPem} finds in the entry as it is,
 * and tells of every other one why it does not.
 *
 * <p>A private key in any layer, block or word spoils the entry: nothing of it is kept, and the only finding names the place.
 */
final class EntryReader {

    private static final int MOST_LAYERS = 3;

    private static final Map<String, String> OTHER_KINDS = Map.of(
            "CERTIFICATE REQUEST", "a request for a certificate, not the certificate",
            "NEW CERTIFICATE REQUEST", "a request for a certificate, not the certificate",
            "X509 CRL", "a list of revoked certificates",
            "PUBLIC KEY", "a public key alone",
            "DH PARAMETERS", "Diffie-Hellman parameters",
            "EC PARAMETERS", "the name of an elliptic curve");

    private final Door door;
    private final EntryFindings findings;
    private final List<Found> found = new ArrayList<>();
    private final Set<Mend> told = EnumSet.noneOf(Mend.class);
    private final Set<Identity> goFinds = new HashSet<>();
    /** Whether the certificates are in a layer that this door does not look through. */
    private boolean layered;

    private @Nullable Place key;

    private EntryReader(Door door, Place place) {
        this.door = door;
        this.findings = new EntryFindings(place);
    }

    /**
     * What was made of an entry.
     *
     * @param certificates what can be used of it
     * @param findings what is to be said of its form and its blocks, and takes what else is
     */
    record Entry(List<Found> certificates, EntryFindings findings) {}

    /** A certificate, where it is, and what is to be said of it once it is known to be the first of its kind. */
    record Found(Certificate certificate, Place place, List<Remark> remarks) {}

    static Entry read(Door door, byte[] bytes, Place place) {
        EntryReader reader = new EntryReader(door, place);
        if (door == Door.LIST) {
            GoPem.blocks(bytes).stream()
                    .filter(block -> block.label().equals(PemScanner.CERTIFICATE))
                    .forEach(block -> reader.goFinds.add(Identity.ofDer(block.bytes())));
        }
        reader.content(bytes, place, 0);
        Place key = reader.key;
        if (key != null) {
            EntryFindings only = new EntryFindings(place);
            only.add(PrivateKeys.finding(key));
            return new Entry(List.of(), only);
        }
        return new Entry(reader.found, reader.findings);
    }

    /** Reads what is left after so many layers; {@code at} is where the outermost of them begins. */
    private void content(byte[] bytes, Place at, int layers) {
        if (PrivateKeys.isAmong(bytes)) {
            key = at;
            return;
        }
        if (Der.beginsWith(bytes)) {
            der(bytes, at, layers);
            return;
        }
        PlainText plain = PlainText.of(bytes);
        int keyLine = PrivateKeys.line(plain.text());
        if (keyLine == 0 && plain.text().length() != bytes.length) {
            // What was taken for UTF-8 or UTF-16 may hide a key in what is ASCII all the same.
            keyLine = PrivateKeys.line(new String(bytes, ISO_8859_1));
        }
        if (keyLine > 0) {
            key = layers == 0 ? at.line(keyLine) : at;
            return;
        }
        PemScanner.Scan scan = PemScanner.scan(plain.text());
        if (scan.hasBoundaries()) {
            if (plain.utf16()) {
                tell(Mend.UTF_16, at);
            }
            scan.pieces().forEach(piece -> piece(piece, at, layers));
            if (layers == 0 && !plain.utf16()) {
                scan.asides().forEach((mend, line) -> tell(mend, line == 0 ? at : at.line(line)));
            }
        } else {
            withoutBoundaries(bytes, plain.text(), scan, at, layers);
        }
    }

    private void der(byte[] bytes, Place at, int layers) {
        List<DerElement> elements = Der.elements(bytes);
        if (elements.isEmpty()) {
            findings.add(
                    FindingCode.NOT_TEXT,
                    at,
                    "the entry is binary and begins like a certificate (DER), but is cut or damaged.",
                    "Export the CA certificate again, in PEM form.");
            return;
        }
        if (layers == 0) {
            tell(Pkcs7.is(elements.getFirst()) ? Mend.PKCS7 : Mend.DER, at);
        }
        elements.forEach(element -> certificate(element.encoded(), at, EnumSet.noneOf(Mend.class)));
    }

    private void piece(PemScanner.Piece piece, Place from, int layers) {
        // Lines in a layer are not those a person sees.
        Place at = layers == 0 ? from.line(piece.line()) : from;
        Place exact = layers == 0 && piece.column() > 1 ? at.column(piece.column()) : at;
        switch (piece) {
            case PemScanner.Words words -> words(words, at, layers);
            case PemScanner.Broken broken ->
                findings.add(FindingCode.MALFORMED_PEM, exact, broken.message(), broken.fix());
            case PemScanner.Block block
            when !OpenBlock.mayHoldCertificates(block.label()) ->
                findings.add(
                        FindingCode.OTHER_BLOCK,
                        at,
                        "the block is " + OTHER_KINDS.getOrDefault(block.label(), "of another kind than a certificate")
                                + ".",
                        "Put the CA certificate here as a CERTIFICATE block, and nothing else.");
            case PemScanner.Block block when PrivateKeys.isKey(block.content()) -> key = at;
            case PemScanner.Block block -> certificate(block.content(), at, mends(block, layers));
        }
    }

    private static EnumSet<Mend> mends(PemScanner.Block block, int layers) {
        if (layers > 0) {
            block.mends().removeIf(Mend::harmless);
        }
        if (block.label().startsWith("X509 ") || block.label().startsWith("TRUSTED ")) {
            block.mends().add(Mend.OTHER_LABEL);
        }
        return block.mends();
    }

    /** Reads a block's content, or an element of a binary entry. */
    private void certificate(byte[] content, Place at, EnumSet<Mend> mends) {
        byte[] der = content;
        try {
            DerElement first = DerElement.first(content);
            if (Pkcs7.is(first)) {
                mends.add(Mend.PKCS7);
                if (door == Door.LIST && !layered) {
                    findings.add(Mend.PKCS7.refused(at));
                } else {
                    container(first, at, mends);
                }
                return;
            }
            if (mends.contains(Mend.OTHER_LABEL)) {
                // Behind the certificate are OpenSSL's own settings of trust (openssl-x509, "trusted certificate").
                der = first.encoded();
            }
        } catch (IllegalArgumentException notDer) {
            // Said below, in the words for a block that is no certificate.
        }
        take(der, at, mends);
    }

    private void container(DerElement container, Place at, EnumSet<Mend> mends) {
        List<byte[]> certificates;
        try {
            certificates = Pkcs7.certificates(container);
        } catch (IllegalArgumentException malformed) {
            findings.add(
                    FindingCode.NOT_X509,
                    at,
                    "the PKCS#7 container is damaged: " + malformed.getMessage() + ".",
                    "Export the certificates again from where they were made, in PEM form.");
            return;
        }
        if (certificates.isEmpty()) {
            findings.add(
                    FindingCode.NO_CERTIFICATE,
                    at,
                    "the PKCS#7 container holds no certificate.",
                    "Export the CA certificate again, in PEM form.");
        }
        certificates.forEach(der -> take(der, at, mends));
    }

    private void take(byte[] der, Place at, EnumSet<Mend> mends) {
        if (door == Door.LIST && !goFinds.contains(Identity.ofDer(der))) {
            notFoundByGo(at, mends);
            return;
        }
        mends.forEach(mend -> tell(mend, at));
        switch (X509.read(der)) {
            case X509.Refused refused -> findings.add(refused.code(), at, refused.message(), refused.fix());
            case X509.Usable usable -> found.add(new Found(usable.certificate(), at, usable.remarks()));
        }
    }

    private void notFoundByGo(Place at, EnumSet<Mend> mends) {
        if (layered) {
            // Go does not see through the layer, and that is said.
            return;
        }
        // The first by weight; white space behind a line may be of a kind that Go does not take for such.
        Optional<Mend> reason = mends.stream()
                .filter(mend -> !mend.harmless() || mend == Mend.TRAILING_SPACE)
                .findFirst();
        findings.add(reason.map(mend -> mend.refused(at))
                .orElseGet(() -> new Finding(
                        FindingCode.MALFORMED_PEM,
                        at,
                        "Go's PEM reader, by which AKS judges, does not find this block.",
                        OpenBlock.PASTE_AGAIN)));
    }

    /** Tells of a mend, the first time; in a list, that the layer is not mended. */
    private void tell(Mend mend, Place at) {
        if (!told.add(mend)) {
            return;
        }
        boolean layer = mend.compareTo(Mend.UTF_16) <= 0 && mend != Mend.OTHER_LABEL;
        if (door == Door.LIST && layer) {
            layered = true;
            findings.add(mend.refused(at));
        } else {
            mend.mended(door, at).ifPresent(findings::add);
        }
    }

    private void words(PemScanner.Words words, Place at, int layers) {
        if (PrivateKeys.isHidden(words.text())) {
            key = at;
        } else if (door.mends() && words.alone() && layers < MOST_LAYERS) {
            Optional<byte[]> inner = Wrapped.content(words.text(), MOST_LAYERS - layers);
            if (inner.isPresent()) {
                layer(inner.get(), at, layers);
            } else if (door == Door.FILE && !words.comment()) {
                findings.add(
                        FindingCode.NO_CERTIFICATE,
                        at,
                        "the entry has no -----BEGIN CERTIFICATE----- line.",
                        "Put a CA certificate in PEM form into it, with its BEGIN and END lines; a comment begins with"
                                + " #, or touches a certificate without a blank line between.");
            }
        }
    }

    private void layer(byte[] inner, Place at, int layers) {
        tell(Der.beginsWith(inner) ? Mend.BARE_BASE64 : Mend.ENCODED_TWICE, at);
        content(inner, at, layers + 1);
    }

    /** Reads text without anything that was meant as a boundary: base64 of something, or nothing of use. */
    private void withoutBoundaries(byte[] bytes, String text, PemScanner.Scan scan, Place at, int layers) {
        List<PemScanner.Piece> words = scan.pieces();
        Place first =
                layers > 0 || words.isEmpty() ? at : at.line(words.getFirst().line());
        if (words.isEmpty()) {
            findings.add(
                    FindingCode.NO_CERTIFICATE,
                    at,
                    bytes.length == 0 ? "the entry is empty." : "the entry has only white space.",
                    "Put a CA certificate in PEM form into it, or remove the entry.");
            return;
        }
        if (text.indexOf('\0') >= 0) {
            findings.add(
                    FindingCode.NOT_TEXT,
                    at,
                    "the entry is binary, not PEM text.",
                    "Put a CA certificate in PEM form into it. If it is a key store (PKCS#12, JKS), export the CA"
                            + " certificate alone from it.");
            return;
        }
        Optional<byte[]> whole = layers < MOST_LAYERS ? Wrapped.content(text, MOST_LAYERS - layers) : Optional.empty();
        if (PrivateKeys.isHidden(text)) {
            key = first;
        } else if (whole.isPresent()) {
            layer(whole.get(), first, layers);
        } else if (words.size() > 1 && door.mends()) {
            words.forEach(piece -> piece(piece, at, layers));
            if (door == Door.SECRET && found.isEmpty() && findings.isEmpty()) {
                nothing(first);
            }
        } else {
            nothing(first);
        }
    }

    private void nothing(Place at) {
        findings.add(
                FindingCode.NO_CERTIFICATE,
                at,
                "the entry has no -----BEGIN CERTIFICATE----- line.",
                "Put a CA certificate in PEM form into it, with its BEGIN and END lines.");
    }
}
