package dev.capstan.agent.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTest {

    @TempDir
    private Path folder;

    /** As kubelet writes a projected volume: a folder of its own for each version, a link to the newest that is renamed over the last. */
    @Test
    void theOneThatTheKubeletRenewsIsTakenUpWithTheNextRequest() throws Exception {
        project("..1", "first");
        Files.createSymbolicLink(folder.resolve("token"), Path.of("..data/token"));
        Token token = Token.renewedByKubelet(folder.resolve("token"));
        assertThat(token.value()).isEqualTo("first");

        project("..2", "second");

        assertThat(token.value()).isEqualTo("second");
    }

    @Test
    void onlyOneThatIsOursIsOursToRenew() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), jwt(1000));

        assertThat(new Token(file).isToRenew(2_799_999)).isFalse();
        assertThat(new Token(file).isToRenew(2_800_000)).isTrue();
        assertThat(Token.renewedByKubelet(file).isToRenew(2_800_000)).isFalse();
    }

    @Test
    void aClockThatIsWrongNeitherLetsATokenEndNorRenewsItAgainAndAgain() throws IOException {
        long now = System.currentTimeMillis();
        Path file = folder.resolve("token");
        // Written just now by a clock that is two hours behind the issuer's: its half is over half an hour from now.
        Files.writeString(file, jwt(now / 1000 + 7200));
        Files.setLastModifiedTime(file, FileTime.fromMillis(now));
        assertThat(new Token(file).isToRenew(now + 1_700_000)).isFalse();
        assertThat(new Token(file).isToRenew(now + 1_800_000)).isTrue();
        // By a clock that is two hours ahead it is over at once; the one that was then asked for is new all the same.
        Files.writeString(file, jwt(now / 1000 - 7200));
        Token token = new Token(file);
        assertThat(token.isToRenew(now)).isTrue();
        token.replace(jwt(now / 1000 - 7200));
        assertThat(token.isToRenew(now)).isFalse();
        assertThat(token.isToRenew(now + 1_900_000)).isTrue();
    }

    @Test
    void aFileThatGoesAwayLeavesTheLastOneStanding() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "known");
        Token token = new Token(file);
        assertThat(token.value()).isEqualTo("known");

        Files.delete(file);

        assertThat(token.value()).isEqualTo("known");
        Token another = new Token(file);
        assertThatThrownBy(another::value)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no usable token in " + file);
    }

    /** A token of an hour. */
    private static String jwt(long issued) {
        String claims = "{\"iat\":" + issued + ",\"exp\":" + (issued + 3600) + "}";
        return "x." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(US_ASCII)) + ".y";
    }

    private void project(String version, String text) throws IOException {
        Files.createDirectory(folder.resolve(version));
        Files.writeString(folder.resolve(version).resolve("token"), text);
        Files.createSymbolicLink(folder.resolve("..new"), Path.of(version));
        Files.move(folder.resolve("..new"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}
