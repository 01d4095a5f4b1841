package dev.capstan.endtoend.lanes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Images made when they are asked for, one for each tag: its manifest, configuration and only layer differ from every
 * other's, so a pull of a tag never seen before fetches all three. A tag that begins with "run" holds a busybox that sleeps.
 */
final class Images {

    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private static final AtomicLong TAGS = new AtomicLong();

    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

    /** A tag nobody has seen. */
    static String tag() {
        return "t" + ProcessHandle.current().pid() + "-" + TAGS.incrementAndGet();
    }

    Optional<byte[]> blob(String digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    /** The manifest of a tag, or the one with this digest. */
    Optional<byte[]> manifest(String reference) {
        return reference.startsWith("sha256:") ? blob(reference) : Optional.of(make(reference));
    }

    private byte[] make(String tag) {
        byte[] layer = layer(tag);
        String configuration = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/busybox","sleep","3600"]},\
                "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(digest(layer));
        byte[] configured = configuration.getBytes(StandardCharsets.UTF_8);
        String text = """
                {"schemaVersion":2,"mediaType":"%s",\
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%d,"digest":"%s"},\
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":%d,"digest":"%s"}]}""".formatted(MANIFEST, configured.length, keep(configured), layer.length, keep(layer));
        byte[] manifest = text.getBytes(StandardCharsets.UTF_8);
        keep(manifest);
        return manifest;
    }

    private static byte[] layer(String tag) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        file(tar, "tag", 0644, tag.getBytes(StandardCharsets.UTF_8));
        if (tag.startsWith("run")) {
            try {
                file(tar, "bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    /** One regular file in the ustar format (pax(1)). */
    private static void file(ByteArrayOutputStream tar, String name, int mode, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        put(header, 156, "0");
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private String keep(byte[] content) {
        String digest = digest(content);
        blobs.put(digest, content);
        return digest;
    }

    static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
