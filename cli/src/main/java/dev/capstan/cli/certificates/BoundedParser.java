package dev.capstan.cli.certificates;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The events of a YAML text, up to {@value #MOST_NODES} nodes in it and {@value #DEEPEST} levels. A node takes a hundred times the
 * bytes it is written in, so that a tree is given up while it is still small.
 */
final class BoundedParser implements Parser {

    /** Five times what the values of the largest Secret that is read take, with their keys. */
    static final int MOST_NODES = 100_000;

    /** No manifest has half as many. */
    static final int DEEPEST = 100;

    private final Parser parser;
    private int nodes;
    private int depth;

    /** There is more in the text than is read. */
    static final class TooMuch extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final int line;

        private TooMuch(String what, int line) {
            super(what);
            this.line = line;
        }

        /** Where that was seen, from 1. */
        int line() {
            return line;
        }
    }

    BoundedParser(String text, LoadSettings settings) {
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    /**
     * The next event.
     *
     * @throws TooMuch if it is of one node, or of one level, too many
     */
    @Override
    public Event next() {
        Event event = parser.next();
        if (event instanceof NodeEvent && ++nodes > MOST_NODES) {
            throw tooMuch("more than " + MOST_NODES + " keys and values", event);
        }
        if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
            throw tooMuch("more than " + DEEPEST + " levels", event);
        }
        depth -= event instanceof CollectionEndEvent ? 1 : 0;
        return event;
    }

    private static TooMuch tooMuch(String what, Event event) {
        return new TooMuch(what, event.getStartMark().map(Mark::getLine).orElse(0) + 1);
    }
}
