package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import dev.capstan.certificates.Identity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text with certificates in it: blocks of the three kinds that OpenSSL takes for certificates, and any text between,
 * other kinds of blocks included. Every byte belongs to exactly one piece, so that what is not ours is written again as
 * it was. Every line is looked at once.
 */
final class PemText {

    static final String CERTIFICATE = "CERTIFICATE";
    static final String TRUSTED = "TRUSTED CERTIFICATE";

    private static final Set<String> KINDS = Set.of(CERTIFICATE, TRUSTED, "X509 CERTIFICATE");
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** A part of the text. */
    sealed interface Piece {
        byte[] bytes();
    }

    /** What is no block of a certificate. */
    static final class Text implements Piece {

        private final byte[] bytes;

        private Text(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }
    }

    /**
     * A block of a certificate, from its BEGIN line to the end of its END line, without the latter where it is cut; and
     * the comment above it, where such are its part.
     */
    static final class Block implements Piece {

        private final Optional<String> comment;
        private final byte[] bytes;
        private final byte[] der;
        private final byte[] extra;
        private final Optional<Identity> identity;
        private final int line;
        private final String fault;

        private Block(Optional<String> comment, byte[] bytes, byte[] der, byte[] extra, int line, String fault) {
            this.comment = comment;
            this.bytes = bytes;
            this.der = der;
            this.extra = extra;
            this.identity = fault.isEmpty() ? Optional.of(Identity.ofDer(der)) : Optional.empty();
            this.line = line;
            this.fault = fault;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }

        /** What the comment above it says. */
        Optional<String> comment() {
            return comment.map(latin -> new String(latin.getBytes(ISO_8859_1), UTF_8));
        }

        /** The certificate's DER; none if {@link #identity()} is empty. */
        byte[] der() {
            return der;
        }

        /** What follows the certificate inside the block, as in a TRUSTED CERTIFICATE. */
        byte[] extra() {
            return extra;
        }

        /** Empty for a block that cannot be read. */
        Optional<Identity> identity() {
            return identity;
        }

        /** Where it begins, from 1; 0 for a new block. */
        int line() {
            return line;
        }

        /** Why it cannot be read. */
        String fault() {
            return fault;
        }
    }

    private final List<Piece> pieces = new ArrayList<>();
    private final byte[] bytes;
    private final boolean commented;
    private int written;
    private Optional<String> comment = Optional.empty();

    private PemText(byte[] bytes, boolean commented) {
        this.bytes = bytes;
        this.commented = commented;
    }

    /** The pieces of a text in which no text belongs to a block. */
    static List<Piece> parse(byte[] bytes) {
        return new PemText(bytes, false).scan();
    }

    /**
     * The pieces of a bundle with p11-kit's comments: above each block the line "# LABEL", and above that an empty line
     * unless it is the first in the file. Such a comment is part of its block, other text is none.
     */
    static List<Piece> parseCommented(byte[] bytes) {
        return new PemText(bytes, true).scan();
    }

    private List<Piece> scan() {
        @Nullable String open = null;
        int start = 0;
        int body = 0;
        int openLine = 0;
        int number = 0;
        for (int at = 0; at < bytes.length; ) {
            number++;
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            end = Math.min(end + 1, bytes.length);
            String begins = bytes[at] == '-' ? kind(at, end, BEGIN) : null;
            String ends = bytes[at] == '-' ? kind(at, end, END) : null;
            if (open != null && begins != null) {
                add(start, at, openLine, "the block is cut: another begins at line " + number + " before it ends.");
                open = null;
            }
            if (begins != null && KINDS.contains(begins)) {
                lead(at);
                open = begins;
                start = at;
                body = end;
                openLine = number;
            } else if (open != null && ends != null) {
                if (open.equals(ends)) {
                    decode(start, body, at, end, open, openLine);
                } else {
                    add(start, end, openLine, "the block ends as another kind than it begins.");
                }
                open = null;
            }
            at = end;
        }
        if (open != null) {
            add(start, bytes.length, openLine, "the block is cut: it has no END line.");
        }
        text(bytes.length);
        return pieces;
    }

    /** Takes what stands above a block for its comment, or for text. */
    private void lead(int end) {
        String lead = commented ? new String(bytes, written, end - written, ISO_8859_1) : "";
        int start = lead.startsWith("\n") ? 1 : 0;
        boolean isComment = lead.startsWith("# ", start) && lead.indexOf('\n', start) == lead.length() - 1;
        comment = isComment ? Optional.of(lead.substring(start + 2, lead.length() - 1)) : Optional.empty();
        if (!isComment) {
            text(end);
        }
    }

    /** What stands between these dashes, where the line has nothing else but white space at its end. */
    private @Nullable String kind(int start, int end, String boundary) {
        String line = new String(bytes, start, end - start, ISO_8859_1).stripTrailing();
        boolean whole = line.startsWith(boundary)
                && line.endsWith(DASHES)
                && line.length() > boundary.length() + DASHES.length();
        return whole ? line.substring(boundary.length(), line.length() - DASHES.length()) : null;
    }

    private void text(int end) {
        if (end > written) {
            pieces.add(new Text(Arrays.copyOfRange(bytes, written, end)));
            written = end;
        }
    }

    private void add(int start, int end, int line, String fault) {
        pieces.add(new Block(comment, Arrays.copyOfRange(bytes, start, end), new byte[0], new byte[0], line, fault));
        written = end;
    }

    private void decode(int start, int body, int bodyEnd, int end, String kind, int line) {
        byte[] base64 = new byte[bodyEnd - body];
        int length = 0;
        for (int i = body; i < bodyEnd; i++) {
            if (bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != ' ' && bytes[i] != '\t') {
                base64[length++] = bytes[i];
            }
        }
        byte[] content;
        int size;
        try {
            content = Base64.getDecoder().decode(Arrays.copyOf(base64, length));
            size = DerElement.first(content).size();
        } catch (IllegalArgumentException broken) {
            // The words of the decoders could repeat input.
            add(start, end, line, "what is in the block is not the base64 of a certificate.");
            return;
        }
        if (size < content.length && !kind.equals(TRUSTED)) {
            add(start, end, line, (content.length - size) + " bytes follow the certificate inside the block.");
            return;
        }
        pieces.add(new Block(
                comment,
                Arrays.copyOfRange(bytes, start, end),
                Arrays.copyOf(content, size),
                Arrays.copyOfRange(content, size, content.length),
                line,
                ""));
        written = end;
    }

    /** A new block of this kind, without a comment. */
    static Block block(String kind, byte[] der, byte[] extra) {
        return block(Optional.empty(), kind, der, extra);
    }

    /** A new block of this kind under a comment. */
    static Block block(Label label, String kind, byte[] der, byte[] extra) {
        return block(Optional.of(new String(label.comment(), ISO_8859_1)), kind, der, extra);
    }

    private static Block block(Optional<String> comment, String kind, byte[] der, byte[] extra) {
        byte[] content = Arrays.copyOf(der, der.length + extra.length);
        System.arraycopy(extra, 0, content, der.length, extra.length);
        String text = BEGIN + kind + DASHES + "\n" + new String(LINES.encode(content), ISO_8859_1) + "\n" + END + kind
                + DASHES + "\n";
        return new Block(comment, text.getBytes(ISO_8859_1), der, extra, 0, "");
    }

    /** What the blocks of these pieces hold. */
    static Held held(List<Piece> pieces, Function<Block, Held.Entry> entry) {
        List<Held.Entry> entries = new ArrayList<>();
        List<Held.Damage> damages = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Block block) {
                if (block.identity().isPresent()) {
                    entries.add(entry.apply(block));
                } else {
                    damages.add(new Held.Damage(block.line(), block.fault()));
                }
            }
        }
        return new Held(entries, damages);
    }

    /** Which blocks a text shall consist of, and how new ones are made. */
    interface Rules {

        /** What counts as one of the certificates to add. */
        Optional<Identity> counted(Block block);

        /** Whether a block goes, where it does not count. */
        boolean unwanted(Block block);

        Block made(Certificate certificate);
    }

    /**
     * The text with some blocks gone and others there. New ones never go behind a block that cannot be read, since
     * OpenSSL reads no further than there.
     *
     * @param now what these pieces were read from; given back where nothing changes
     */
    static byte[] edit(byte[] now, List<Piece> pieces, Edit.Place place, List<Certificate> adding, Rules rules) {
        List<Piece> revised = Edit.kept(
                pieces,
                adding,
                piece -> piece instanceof Block block ? rules.counted(block) : Optional.empty(),
                piece -> piece instanceof Block block && rules.unwanted(block));
        List<Block> blocks = revised.stream()
                .filter(Block.class::isInstance)
                .map(Block.class::cast)
                .toList();
        List<Certificate> missing =
                Edit.missing(adding, blocks.stream().map(rules::counted).toList());
        if (missing.isEmpty() && revised.size() == pieces.size()) {
            return now;
        }
        List<Optional<Identity>> held = blocks.stream().map(Block::identity).toList();
        int sound = 0;
        while (sound < held.size() && held.get(sound).isPresent()) {
            sound++;
        }
        revised.addAll(
                at(revised, blocks, Math.min(sound, place.among(held))),
                missing.stream().map(rules::made).toList());
        return write(revised);
    }

    /** Where a new block stands that shall be the one of this number. The text at the head of the file stays there. */
    private static int at(List<Piece> pieces, List<Block> blocks, int number) {
        if (number == blocks.size()) {
            return pieces.size();
        }
        return number == 0 ? pieces.indexOf(blocks.getFirst()) : pieces.indexOf(blocks.get(number - 1)) + 1;
    }

    private static byte[] write(List<Piece> pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte last = '\n';
        for (Piece piece : pieces) {
            if (piece instanceof Block block) {
                if (block.line == 0 && last != '\n') {
                    out.write('\n');
                }
                String above = out.size() == 0 ? "# " : "\n# ";
                block.comment.ifPresent(comment -> out.writeBytes((above + comment + "\n").getBytes(ISO_8859_1)));
            }
            out.writeBytes(piece.bytes());
            last = piece.bytes().length == 0 ? last : piece.bytes()[piece.bytes().length - 1];
        }
        return out.toByteArray();
    }
}
