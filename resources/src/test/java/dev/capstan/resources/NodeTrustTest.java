package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class NodeTrustTest {

    @Test
    void aLevelHoldsOnlyForTheWantedSetAndWithThoseBelowIt() {
        assertThat(NodeTrust.levelOf("a", "a", "a", "a")).isEqualTo(NodeTrust.PROVEN);
        assertThat(NodeTrust.levelOf("a", "a", "a", "b")).isEqualTo(NodeTrust.LOADED);
        assertThat(NodeTrust.levelOf("a", "a", "b", "a")).isEqualTo(NodeTrust.WRITTEN);
        assertThat(NodeTrust.levelOf("a", "b", "a", "a")).isNull();
        assertThat(NodeTrust.levelOf(null, null, null, null)).isNull();
    }

    @Test
    void whatWasWrittenBeforeThereWereProofsStillReads() throws IOException {
        NodeTrust.Spec spec = read(NodeTrust.Spec.class, """
                {"followSecret": true}""");
        assertThat(spec).isEqualTo(new NodeTrust.Spec(null, true, false));
        assertThat(spec.secretFingerprint()).isNull();
        assertThat(spec.probes()).isEmpty();

        NodeTrust.Status status = read(NodeTrust.Status.class, """
                {"observedGeneration": 3, "wanted": "a", "written": "a", "loaded": "a", "level": "Loaded"}""");
        assertThat(status.proof()).isNull();
        assertThat(status.runtime()).isNull();
        assertThat(status.drift()).isNull();
        assertThat(status.findings()).isEmpty();
        assertThat(status.level()).isEqualTo(NodeTrust.LOADED);
    }

    @Test
    void listsThatAreNotWrittenAreEmpty() throws IOException {
        NodeTrust.Status status = read(NodeTrust.Status.class, """
                {"observedGeneration": 3,
                 "proof": {"outcome": "Inconclusive", "fingerprint": "a", "at": "2026-11-22T09:00:00Z"},
                 "runtime": {"name": "containerd", "pid": 7, "restarts": 0}}""");
        assertThat(status.proof().endpoints()).isEmpty();
        assertThat(status.runtime().stale()).isEmpty();
        assertThat(status.runtime().notYetKnown()).isEmpty();
        assertThat(status.runtime().otherDaemons()).isEmpty();
    }

    /** Reads as the control plane does: what it does not know it passes over. */
    private static <T> T read(Class<T> type, String json) throws IOException {
        return new ObjectMapper()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .readValue(json, type);
    }
}
