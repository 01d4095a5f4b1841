package dev.capstan.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    @Test
    void whenTheTimeHasPassedTheConnectionIsClosed() throws Exception {
        var closed = new CountDownLatch(1);
        try (var deadline = new Deadline(Duration.ofMillis(1), closed::countDown)) {
            assertThat(closed.await(5, TimeUnit.MINUTES)).isTrue();
            assertThat(deadline.hasPassed()).isTrue();
        }
    }

    @Test
    void whatIsDoneInTimeIsLeftAlone() {
        var closed = new CountDownLatch(1);
        var deadline = new Deadline(Duration.ofDays(1), closed::countDown);

        deadline.close();

        assertThat(deadline.hasPassed()).isFalse();
        assertThat(closed.getCount()).isEqualTo(1);
    }
}
