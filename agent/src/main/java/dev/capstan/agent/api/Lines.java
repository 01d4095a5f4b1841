package dev.capstan.agent.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a watch, one event each, however the server cut them into chunks. */
final class Lines {

    private static final int SMALL = 4 * 1024;

    private final InputStream in;
    private byte[] buffer = new byte[SMALL];
    private int position;
    private int end;

    Lines(InputStream in) {
        this.in = in;
    }

    /**
     * The next line that is not empty, without its line feed; null where the stream ends after a whole line.
     *
     * @throws EOFException if the stream ends within a line: half an event is no event
     * @throws MalformedAnswerException if a line is longer than {@link Body#MAX_BYTES}
     */
    byte @Nullable [] next() throws IOException {
        int searched = position;
        while (true) {
            for (; searched < end; searched++) {
                if (buffer[searched] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, position, searched);
                    position = ++searched;
                    if (line.length > 0) {
                        shrink();
                        return line;
                    }
                }
            }
            searched -= makeRoom();
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                if (end > position) {
                    throw new EOFException("the API server ended a watch in the middle of an event");
                }
                return null;
            }
            end += count;
        }
    }

    /** Moves what is left to the front, and grows where that is not enough; answers by how much it moved. */
    private int makeRoom() throws MalformedAnswerException {
        int moved = position;
        if (moved > 0) {
            System.arraycopy(buffer, position, buffer, 0, end - position);
            end -= position;
            position = 0;
        }
        if (end == buffer.length) {
            if (end >= Body.MAX_BYTES) {
                throw new MalformedAnswerException("an event of more than " + Body.MAX_BYTES + " bytes");
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, Body.MAX_BYTES));
        }
        return moved;
    }

    /** Gives back what one large event needed. */
    private void shrink() {
        if (buffer.length > SMALL && end - position <= SMALL) {
            buffer = Arrays.copyOfRange(buffer, position, position + SMALL);
            end -= position;
            position = 0;
        }
    }
}
