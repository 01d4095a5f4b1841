package dev.capstan.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.server.History.ETag;
import org.junit.jupiter.api.Test;

/** The judge of a load sees what it is there for. */
class HistoryTest {

    private final History history = new History("c");

    private static ETag at(long generation) {
        return new ETag("u-1", generation);
    }

    private void made() {
        history.acknowledged(null, at(1), "first");
        history.acknowledged(at(1), at(2), "second");
    }

    @Test
    void whatCanBeTrueIsNoFault() {
        made();
        history.acknowledged(at(2), at(3), null);
        history.read(at(2), at(1), "second");
        history.read(at(3), at(3), "second");
        assertThat(history.faults(at(3))).isEmpty();
    }

    @Test
    void aWriteThatIsLostIsSeen() {
        made();
        assertThat(history.faults(at(1))).isNotEmpty();
        history.acknowledged(at(1), at(2), "too");
        assertThat(history.faults(at(2))).anyMatch(fault -> fault.contains("two writes"));
    }

    @Test
    void aWriteThatIsMadeTwiceIsSeenUnlessItsAnswerWasCutOff() {
        made();
        assertThat(history.faults(at(3))).hasSize(1);
        history.unanswered();
        assertThat(history.faults(at(3))).isEmpty();
        assertThat(history.faults(at(4))).hasSize(1);
    }

    @Test
    void aConditionThatWasNotKeptIsSeen() {
        made();
        history.acknowledged(at(1), at(3), null);
        assertThat(history.faults(at(3))).anyMatch(fault -> fault.contains("on condition of"));
    }

    @Test
    void aStaleReadAndAWrongOneAreSeen() {
        made();
        history.read(at(1), at(2), "first");
        assertThat(history.faults(at(2))).hasSize(1);
        history.read(at(2), at(2), "first");
        assertThat(history.faults(at(2))).hasSize(2);
    }

    @Test
    void anotherClusterOfTheSameNameIsSeen() {
        made();
        assertThat(history.faults(new ETag("u-2", 2))).isNotEmpty();
    }
}
