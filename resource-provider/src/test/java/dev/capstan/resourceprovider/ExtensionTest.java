package dev.capstan.resourceprovider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The extension of the Azure CLI as it is published; end-to-end has the Azure CLI install and run it. */
class ExtensionTest {

    private static final String ENTRY = "/extensions/aks-preview/0";

    /**
     * The wheel of this version. A client that has a version does not fetch another wheel of it: whoever changes the sources
     * gives them a new version in METADATA, and writes here what came of it.
     */
    private static final Map<String, String> RELEASED =
            Map.of("1.0.0", "5dadde081d233b9f066d274c7c9f1f84c1c2932ffd22510252f56e5476c53f4c");

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void theIndexLeadsToTheWheelItDescribesAndNobodyNeedsAToken() throws Exception {
        Answer index = lab.raw("GET", "/extensions/index.json", null, Map.of());
        assertThat(index.status()).isEqualTo(200);
        assertThat(index.at("/formatVersion").asText()).isEqualTo("1");
        String url = index.at(ENTRY + "/downloadUrl").asText();
        assertThat(url)
                .isEqualTo(lab.url() + "/extensions/"
                        + index.at(ENTRY + "/filename").asText());
        assertThat(sha256(wheel(index)))
                .isEqualTo(index.at(ENTRY + "/sha256Digest").asText());
        assertThat(index.at(ENTRY + "/metadata/version").asText()).isEqualTo("1.0.0");
        assertThat(index.at(ENTRY + "/metadata/azext.minCliCoreVersion").asText())
                .isEqualTo("2.72.0");
        assertThat(index.at(ENTRY + "/metadata/summary").asText()).contains("Capstan's stand-in", "Not Microsoft's");
    }

    @Test
    void everythingElseInThatFolderNeedsATokenAndIsNotThere() {
        assertThat(lab.raw("GET", "/extensions/other.whl", null, Map.of()).status())
                .isEqualTo(401);
        assertThat(lab.raw("POST", "/extensions/index.json", "{}", Map.of()).status())
                .isEqualTo(401);
        assertThat(lab.get("/extensions/other.whl").code()).isEqualTo("NotFound");
    }

    @Test
    void theWheelListsEveryFileWithItsDigest() throws Exception {
        Map<String, byte[]> files = unpacked(wheel());
        String record = new String(files.remove("aks_preview-1.0.0.dist-info/RECORD"), UTF_8);
        assertThat(record.lines()).hasSize(files.size() + 1).contains("aks_preview-1.0.0.dist-info/RECORD,,");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            String digest = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(file.getValue()));
            assertThat(record.lines()).contains(file.getKey() + ",sha256=" + digest + "," + file.getValue().length);
        }
        assertThat(files)
                .containsKeys("azext_aks_preview/__init__.py", "azext_aks_preview/azext_metadata.json")
                .hasEntrySatisfying(
                        "aks_preview-1.0.0.dist-info/METADATA",
                        metadata -> assertThat(new String(metadata, UTF_8))
                                .startsWith("Metadata-Version: 2.1\nName: aks-preview\nVersion: 1.0.0\n")
                                .contains("\n\n# aks-preview, Capstan's stand-in\n", "**Capstan's, not Microsoft's**"));
    }

    @Test
    void theSameSourcesMakeTheSameWheelEverywhereAndChangedOnesHaveANewVersion() throws Exception {
        Answer index = lab.raw("GET", "/extensions/index.json", null, Map.of());
        assertThat(RELEASED)
                .containsEntry(
                        index.at(ENTRY + "/metadata/version").asText(),
                        index.at(ENTRY + "/sha256Digest").asText());
    }

    private byte[] wheel() {
        return wheel(lab.raw("GET", "/extensions/index.json", null, Map.of()));
    }

    private byte[] wheel(Answer index) {
        return lab.download("/extensions/" + index.at(ENTRY + "/filename").asText());
    }

    private static Map<String, byte[]> unpacked(byte[] wheel) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(wheel))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getTimeLocal()).isEqualTo(LocalDateTime.of(1980, 1, 1, 0, 0));
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
