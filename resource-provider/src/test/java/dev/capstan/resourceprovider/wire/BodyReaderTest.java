package dev.capstan.resourceprovider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class BodyReaderTest {

    private static final BodyReader PATIENT = new BodyReader(Duration.ofMinutes(1));

    @Test
    void aBodyIsReadWholeUpToTheLimitAndNoFurther() throws IOException {
        for (int size : new int[] {0, 1, 16 * 1024, 16 * 1024 + 1, 99_999, 100_000}) {
            byte[] body = new byte[size];
            new Random(size).nextBytes(body);
            assertThat(PATIENT.read(new ByteArrayInputStream(body), 100_000)).isEqualTo(body);
        }
        assertThatThrownBy(() -> PATIENT.read(new ByteArrayInputStream(new byte[100_001]), 100_000))
                .isInstanceOf(ArmFailure.class)
                .hasMessageContaining("larger than 100000 bytes");
    }

    @Test
    void aBodyThatDripsIsCutOff() {
        AtomicInteger dripped = new AtomicInteger();
        InputStream drip = new InputStream() {
            @Override
            public int read() {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                dripped.incrementAndGet();
                return 'x';
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                bytes[from] = (byte) read();
                return 1;
            }
        };
        assertThatThrownBy(() -> new BodyReader(Duration.ofMillis(50)).read(drip, 100_000))
                .isInstanceOfSatisfying(
                        ArmFailure.class, e -> assertThat(e.status()).isEqualTo(408));
        assertThat(dripped.get()).isLessThan(100);
    }
}
