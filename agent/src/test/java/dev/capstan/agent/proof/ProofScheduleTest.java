package dev.capstan.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProofScheduleTest {

    private static final long SECOND = 1_000_000_000L;

    private final Deque<Double> chances = new ArrayDeque<>();
    private final ProofSchedule schedule = new ProofSchedule(() -> chances.isEmpty() ? 0.5 : chances.removeFirst());

    @Test
    void aChangeIsProvenOnceWithinTheSpread() {
        assertThat(schedule.due()).isEqualTo(ProofSchedule.NEVER);
        chances.add(0.25);
        schedule.changed(100 * SECOND, 40);
        assertThat(schedule.due()).isEqualTo(110 * SECOND);
        assertThat(schedule.isWhole()).isTrue();
        schedule.rest();
        assertThat(schedule.due()).isEqualTo(ProofSchedule.NEVER);
    }

    @Test
    void whatIsProvenIsRenewedAsAWhole() {
        schedule.changed(0, 2);
        schedule.ended(5 * SECOND, true, true);
        assertThat(schedule.due()).isEqualTo(605 * SECOND);
        assertThat(schedule.isWhole()).isTrue();
    }

    @Test
    void whatIsNotProvenIsAskedAgainAfterTwiceAsLongEachTimeAndAllOfItWhenThatIsDue() {
        schedule.changed(0, 2);
        schedule.ended(0, true, false);
        assertThat(schedule.due()).isEqualTo(10 * SECOND);
        assertThat(schedule.isWhole()).isFalse();
        for (int seconds : List.of(20, 40, 80, 160)) {
            schedule.ended(0, false, false);
            assertThat(schedule.due()).isEqualTo(seconds * SECOND);
        }
        schedule.ended(590 * SECOND, false, false);
        assertThat(schedule.due()).isEqualTo(600 * SECOND);
        assertThat(schedule.isWhole()).isTrue();
    }

    @Test
    void aRetryIsNeverShorterThanTheSpread() {
        schedule.changed(0, 200);
        schedule.ended(0, true, false);
        assertThat(schedule.due()).isEqualTo(200 * SECOND);
    }

    @Test
    void aFleetOfFiveThousandNeverAsksMuchMoreThanAHundredTimesASecond() {
        int nodes = 5000;
        Random random = new Random(5);
        int[] perSecond = new int[3600];
        for (int node = 0; node < nodes; node++) {
            ProofSchedule own = new ProofSchedule(random::nextDouble);
            // The registry is away for half an hour, and comes back for all of them in the same second.
            own.changed(0, nodes / 50);
            for (long now = own.due(); now < 3600 * SECOND; now = own.due()) {
                perSecond[(int) (now / SECOND)]++;
                own.ended(now, own.isWhole(), now > 1800 * SECOND);
            }
        }
        assertThat(IntStream.of(perSecond).max().orElseThrow()).isLessThan(100);
        assertThat(IntStream.of(perSecond)
                        .skip(1800)
                        .filter(count -> count == 0)
                        .count())
                .isLessThan(5);
    }
}
