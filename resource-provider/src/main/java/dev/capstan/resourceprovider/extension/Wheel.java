package dev.capstan.resourceprovider.extension;

import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A Python wheel (PEP 427): a zip of the module, and of a folder that tells of it and lists every file with its SHA-256.
 *
 * <p>The same sources make the same bytes, on every machine and in every time zone: files are in one order, of one date,
 * and not compressed, since zlibs differ. So the digest in the index is the same for all replicas of a server.
 */
final class Wheel {

    private static final String MODULE = "azext_aks_preview/";
    private static final List<String> FILES =
            List.of("README.md", "__init__.py", "azext_metadata.json", "commands.py", "trust.py");

    /** The first date that a zip can tell. */
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final String fileName;
    private final String version;
    private final String summary;
    private final String leastCore;
    private final byte[] bytes;

    private Wheel(String fileName, String version, String summary, String leastCore, byte[] bytes) {
        this.fileName = fileName;
        this.version = version;
        this.summary = summary;
        this.leastCore = leastCore;
        this.bytes = bytes;
    }

    /** The extension {@code aks-preview}, from the sources that are built in (src/main/python). */
    static Wheel aksPreview() {
        String metadata = text(source("METADATA"));
        String version = header(metadata, "Version");
        String project = "aks_preview-" + version;
        Map<String, byte[]> files = new LinkedHashMap<>();
        FILES.forEach(file -> files.put(MODULE + file, source(MODULE + file)));
        String folder = project + ".dist-info/";
        files.put(folder + "METADATA", bytes(metadata + text(source(MODULE + "README.md"))));
        files.put(folder + "WHEEL", bytes("""
                        Wheel-Version: 1.0
                        Generator: capstan
                        Root-Is-Purelib: true
                        Tag: py3-none-any
                        """));
        files.put(folder + "RECORD", bytes(record(files, folder + "RECORD")));
        String leastCore = Json.own(text(source(MODULE + "azext_metadata.json")))
                .path("azext.minCliCoreVersion")
                .asText();
        return new Wheel(project + "-py3-none-any.whl", version, header(metadata, "Summary"), leastCore, zip(files));
    }

    /** From which clients read name and version. */
    String fileName() {
        return fileName;
    }

    /** The extension's own, which the Azure CLI compares with the one that is installed. */
    String version() {
        return version;
    }

    /** What it is, in a line. */
    String summary() {
        return summary;
    }

    /** The first version of the Azure CLI that it works with. */
    String leastCore() {
        return leastCore;
    }

    /** The file. */
    byte[] bytes() {
        return bytes.clone();
    }

    /** Lower-case hexadecimal, as the index has it. */
    String sha256() {
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }

    private static String record(Map<String, byte[]> files, String itself) {
        var lines = new StringBuilder();
        files.forEach((name, content) -> lines.append(name)
                .append(",sha256=")
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(content)))
                .append(',')
                .append(content.length)
                .append('\n'));
        return lines.append(itself).append(",,\n").toString();
    }

    private static byte[] zip(Map<String, byte[]> files) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                var check = new CRC32();
                check.update(file.getValue());
                var entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(DATE);
                entry.setSize(file.getValue().length);
                entry.setCrc(check.getValue());
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] source(String name) {
        try (InputStream in = Wheel.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the extension's source " + name + " is not built in");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the extension's source " + name + " cannot be read", e);
        }
    }

    private static String header(String metadata, String name) {
        return metadata.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("METADATA of the extension has no " + name));
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
